"""The process that reads papers and puts them into a pack, under limits of memory and time; run by file.

It reads one JSON order and writes one answer. `inspect` says of each paper how its pages lie and whether a
screen reader can follow it, or why it cannot be merged. `assemble` replaces the empty pages that the pack
keeps for a paper (its frame: heading and page number, which are artifacts) by the paper's pages, smaller,
inside that frame; the papers' structure trees hang under a /Part each, and their outlines and links follow.

It imports pikepdf and nothing of the application. ISO 32000-1 §14.7 (structure), §12.3 (outlines).
"""

from __future__ import annotations

import json
import resource
import sys
from collections.abc import Iterator
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, NameTree, NumberTree, OutlineItem, String

MEMORY_BYTES = 1_200 * 1024 * 1024
CPU_SECONDS = 90
MOST_PAGES = 400  # of a paper
MOST_KEYS = 1_000_000  # of its parent tree
MOST_OUTLINE = 300
DEEPEST_OUTLINE = 4
# the room that a frame leaves to a page, in points: left, bottom, right, top
MARGINS = (22.0, 50.0, 22.0, 60.0)
_SHOWN = ("FreeText", "Highlight", "Underline", "StrikeOut", "Squiggly", "Square", "Circle", "Line")
_KEPT = frozenset(f"/{kind}" for kind in ("Link", *_SHOWN, "Polygon", "PolyLine", "Ink", "Stamp"))
_SCHEMES = ("http://", "https://", "mailto:")
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


def main() -> None:
    """Answer one order."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    order = json.load(sys.stdin)
    answer = inspect_all(order) if order["do"] == "inspect" else assemble(order)
    json.dump(answer, sys.stdout)


# ---- what a paper is ----


def inspect_all(order: dict[str, Any]) -> dict[str, Any]:
    """What each paper is, by its key."""
    return {"papers": {paper["key"]: inspect(paper["path"]) for paper in order["papers"]}}


def inspect(path: str) -> dict[str, Any]:
    """Pages (true for one that lies wide), tags, PDF/UA; or the reason for which it cannot be merged."""
    try:
        with pikepdf.open(path) as paper:
            if paper.is_encrypted:
                return {"refused": "encrypted"}
            wide = [_is_wide(page) for page in paper.pages]
            if not wide or len(wide) > MOST_PAGES:
                return {"refused": "empty" if not wide else "too_long"}
            tagged = is_tagged(paper)
            return {"wide": wide, "tagged": tagged, "ua": tagged and claims_ua(paper)}
    except pikepdf.PasswordError:
        return {"refused": "encrypted"}
    except Exception as error:  # a file that lies may break anywhere
        return {"refused": "broken", "why": f"{type(error).__name__}: {error}"[:300]}


def is_tagged(paper: pikepdf.Pdf) -> bool:
    """Whether the paper carries a structure that can be hung into another."""
    marked = paper.Root.get("/MarkInfo", Dictionary()).get("/Marked", False)
    tree = paper.Root.get("/StructTreeRoot")
    if not marked or not isinstance(tree, Dictionary) or "/K" not in tree or "/ParentTree" not in tree:
        return False
    keys = [key for key, _ in NumberTree(tree.ParentTree).items()]
    return all(0 <= key < MOST_KEYS for key in keys) and any(
        isinstance(page.obj.get("/StructParents"), int) for page in paper.pages
    )


def claims_ua(paper: pikepdf.Pdf) -> bool:
    """Whether the paper says that it is PDF/UA."""
    with paper.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
        return bool(metadata.get("pdfuaid:part"))


def _box(page: pikepdf.Page) -> Box:
    left, bottom, right, top = (float(side) for side in page.cropbox)
    box = (min(left, right), min(bottom, top), max(left, right), max(bottom, top))
    if box[2] - box[0] < 1 or box[3] - box[1] < 1:
        raise ValueError("a page without a surface")
    return box


def _turn(page: pikepdf.Page) -> int:
    return int(page.rotation) % 360 // 90 * 90


def _is_wide(page: pikepdf.Page) -> bool:
    left, bottom, right, top = _box(page)
    width, height = right - left, top - bottom
    return width > height if _turn(page) in {0, 180} else height > width


# ---- the pack ----


def assemble(order: dict[str, Any]) -> dict[str, Any]:
    """Put every paper in its place; says how many pages there are and whether all of it is PDF/UA."""
    with pikepdf.open(order["pack"]) as pack:
        assembly = Assembly(pack)
        for paper in order["papers"]:
            print(paper["key"], file=sys.stderr, flush=True)  # noqa: T201 - the culprit, if it breaks here
            assembly.add(paper)
        assembly.finish(ua=order["ua"], label_prefix=order["label_prefix"])
        pack.save(
            order["out"],
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            compress_streams=True,
        )
        return {"pages": len(pack.pages)}


class Assembly:
    """A pack that papers are put into."""

    def __init__(self, pack: pikepdf.Pdf) -> None:
        """Read the pack's own structure, outline and pages."""
        self.pack = pack
        self.tree = pack.Root.StructTreeRoot
        self.document = self.tree.K[0] if isinstance(self.tree.K, Array) else self.tree.K
        self.parents = NumberTree(self.tree.ParentTree)
        self.next_key = 1 + max((key for key, _ in self.parents.items()), default=-1)
        self.places = {page.obj.objgen: rank for rank, page in enumerate(pack.pages)}
        self.kids = [(self._first_page(kid), kid) for kid in self.document.K]
        self.parts: list[tuple[int, Any]] = []
        self.replaced: dict[tuple[int, int], Any] = {}
        self.entries: list[tuple[int, OutlineItem]] = []  # (place of the page, what stands in the outline)

    def _first_page(self, element: Any) -> int:
        """The place of the first page on which an element stands; -1 when it has none."""
        waiting = [element]
        while waiting:
            node = waiting.pop()
            if not isinstance(node, Dictionary):
                continue
            page = node.get("/Pg")
            if page is not None:
                return self.places.get(page.objgen, -1)
            kids = node.get("/K")
            waiting += reversed(list(kids)) if isinstance(kids, Array) else [kids]
        return -1

    def add(self, paper: dict[str, Any]) -> None:
        """Put a paper into the empty pages kept for it."""
        with pikepdf.open(paper["path"]) as source:
            if "/AcroForm" in source.Root:
                source.flatten_annotations("print")
            places = {page.obj.objgen: rank for rank, page in enumerate(source.pages)}
            outline = list(_outline_of(source, places))
            links = [_links_of(source, page, places) for page in source.pages]
            frames = [self.pack.pages[slot - 1] for slot in paper["slots"]]
            pages = [self._take_in(source.pages[rank], slot - 1) for rank, slot in enumerate(paper["slots"])]
            for page, targets in zip(pages, links, strict=True):
                _restore_links(page, targets, pages)
            part = self._part(paper)
            if paper["tagged"]:
                self._hang(source, part, pages)
            for rank, (page, frame) in enumerate(zip(pages, frames, strict=True)):
                if paper["tagged"]:
                    self._frame_tagged(page, frame)
                else:
                    self._frame_untagged(page, frame, part, paper["alts"][rank])
            _take_layers(self.pack, source)
        item = OutlineItem(paper["title"], paper["slots"][0] - 1)
        item.children.extend(_entries(outline, paper["slots"]))
        self.entries.append((paper["slots"][0] - 1, item))

    def _take_in(self, page: pikepdf.Page, place: int) -> pikepdf.Page:
        """Copy a page to the place of the empty one, which goes."""
        empty = self.pack.pages[place].obj.objgen
        self.pack.pages.insert(place, page)
        del self.pack.pages[place + 1]
        taken = self.pack.pages[place]
        self.replaced[empty] = taken.obj
        return taken

    def _part(self, paper: dict[str, Any]) -> Any:
        part = self.pack.make_indirect(
            Dictionary(
                Type=Name.StructElem, S=Name.Part, P=self.document, T=String(paper["title"]), K=Array([])
            )
        )
        self.parts.append((paper["slots"][0] - 1, part))
        return part

    def _hang(self, source: pikepdf.Pdf, part: Any, pages: list[pikepdf.Page]) -> None:
        """Hang the paper's structure under its part, its keys moved behind ours."""
        root = source.Root.StructTreeRoot
        copied = self.pack.copy_foreign(root if root.is_indirect else source.make_indirect(root))
        top = list(copied.K) if isinstance(copied.K, Array) else [copied.K]
        for kid in top:
            kid.P = part
            part.K.append(kid)
        language = source.Root.get("/Lang")
        if language is not None:
            part.Lang = String(str(language))
        base = self.next_key
        for key, value in NumberTree(copied.ParentTree).items():
            self.parents[base + key] = value
            self.next_key = max(self.next_key, base + key + 1)
        for page in pages:
            _move_keys(page, base)
        for name in ("/RoleMap", "/ClassMap", "/Namespaces"):
            self._merge(name, copied.get(name))
        self._merge_ids(copied)

    def _merge(self, name: str, theirs: Any) -> None:
        """Add what the paper means by its own kinds of elements; a word that is known keeps its meaning."""
        if isinstance(theirs, Array):
            ours = self.tree.get(name, Array([]))
            ours.extend(theirs)
            self.tree[name] = ours
        elif isinstance(theirs, Dictionary):
            ours = self.tree.get(name, Dictionary())
            for key, value in theirs.items():
                if key not in ours:
                    ours[key] = value
            self.tree[name] = ours

    def _merge_ids(self, copied: Any) -> None:
        if "/IDTree" not in copied:
            return
        if "/IDTree" not in self.tree:
            self.tree.IDTree = self.pack.make_indirect(Dictionary(Names=Array([])))
        ours = NameTree(self.tree.IDTree)
        for key, value in NameTree(copied.IDTree).items():
            if key not in ours:
                ours[key] = value

    def _frame_tagged(self, page: pikepdf.Page, frame: pikepdf.Page) -> None:
        """Its own content, smaller, inside the frame: what the structure points to stays where it is."""
        matrix, box = _fit(page, frame)
        wanted = Name(f"/TntFrame{len(self.replaced)}-{page.obj.objgen[0]}")  # pages may share resources
        name = page.add_resource(frame.as_form_xobject(), Name.XObject, wanted)
        head = f"q {name} Do Q\nq {_written(matrix)} cm {_clip(box)}\n"
        page.contents_add(self.pack.make_stream(head.encode()), prepend=True)
        page.contents_add(self.pack.make_stream(b"\nQ\n"))
        _settle(page, frame, matrix)

    def _frame_untagged(self, page: pikepdf.Page, frame: pikepdf.Page, part: Any, alt: str) -> None:
        """The page as one figure with a text in its place, since nothing says in which order it is read."""
        matrix, box = _fit(page, frame)
        picture = self._picture(page, box)
        page.obj.Resources = Dictionary(XObject=Dictionary(TntFrame=frame.as_form_xobject(), TntPage=picture))
        content = f"q /TntFrame Do Q\n/Figure <</MCID 0>> BDC q {_written(matrix)} cm /TntPage Do Q EMC\n"
        page.obj.Contents = self.pack.make_stream(content.encode())
        place = _moved(box, matrix)
        figure = self.pack.make_indirect(
            Dictionary(
                Type=Name.StructElem,
                S=Name.Figure,
                P=part,
                Pg=page.obj,
                K=Array([0]),
                Alt=String(alt),
                A=Dictionary(O=Name.Layout, BBox=Array([*place]), Placement=Name.Block),
            )
        )
        part.K.append(figure)
        for annotation in page.obj.get("/Annots", []):
            if "/StructParent" in annotation:
                del annotation["/StructParent"]
        self.parents[self.next_key] = Array([figure])
        page.obj.StructParents = self.next_key
        self.next_key += 1
        _settle(page, frame, matrix)

    def _picture(self, page: pikepdf.Page, box: Box) -> Any:
        """What a page draws, as a form; its bytes are read now, since the page gets others."""
        drawn = page.as_form_xobject(handle_transformations=False)
        picture = self.pack.make_stream(drawn.read_bytes())
        picture.Type, picture.Subtype = Name.XObject, Name.Form
        picture.BBox = Array([*box])
        for key in ("/Resources", "/Group"):
            if key in drawn:
                picture[key] = drawn[key]
        return picture

    def finish(self, *, ua: bool, label_prefix: str) -> None:
        """Order the structure, the outline and the links once every paper is in."""
        for page in self.pack.pages:
            for annotation in page.obj.get("/Annots", []):
                target = annotation.get("/Dest")
                if isinstance(target, Array) and len(target) and isinstance(target[0], Dictionary):
                    target[0] = self.replaced.get(target[0].objgen, target[0])
        self._order_structure()
        self._order_outline()
        self.tree.ParentTreeNextKey = self.next_key
        if label_prefix:
            labels = Dictionary(S=Name.D, P=String(label_prefix), St=1)
            self.pack.Root.PageLabels = Dictionary(Nums=Array([0, labels]))
        if not ua:
            with self.pack.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
                if "pdfuaid:part" in metadata:
                    del metadata["pdfuaid:part"]

    def _order_structure(self) -> None:
        """Each part after what stands on the pages before it."""
        found = [(place, 0, rank, kid) for rank, (place, kid) in enumerate(self.kids)]
        last = -1
        placed = []
        for place, kind, rank, kid in found:  # an element without a page stays with the one before
            last = max(last, place)
            placed.append((last, kind, rank, kid))
        placed += [(place, 1, rank, part) for rank, (place, part) in enumerate(self.parts)]
        placed.sort(key=lambda each: each[:3])
        self.document.K = Array([kid for *_, kid in placed])

    def _order_outline(self) -> None:
        if not self.entries:
            return
        with self.pack.open_outline(max_depth=20) as outline:
            known = list(self._flat(outline.root))
            for place, entry in self.entries:
                above = [item for at, item in known if at <= place]
                (above[-1].children if above else outline.root).append(entry)

    def _flat(self, items: Any) -> Iterator[tuple[int, Any]]:
        for item in items:
            target = item.destination
            place = -1
            if isinstance(target, Array) and len(target) and isinstance(target[0], Dictionary):
                place = self.places.get(target[0].objgen, -1)
            yield place, item
            yield from self._flat(item.children)


def _entries(outline: list[tuple[int, str, int]], slots: list[int]) -> list[OutlineItem]:
    """The paper's own outline as items, by depth."""
    roots: list[OutlineItem] = []
    path: list[OutlineItem] = []
    for depth, title, rank in outline:
        item = OutlineItem(title, slots[rank] - 1)
        del path[depth:]
        (path[-1].children if path else roots).append(item)
        path.append(item)
    return roots


def _outline_of(source: pikepdf.Pdf, places: dict[tuple[int, int], int]) -> Iterator[tuple[int, str, int]]:
    """(depth, title, page) of each entry that leads to a page of the paper."""
    if "/Outlines" not in source.Root:
        return
    with source.open_outline(max_depth=DEEPEST_OUTLINE, strict=False) as outline:
        waiting = [(0, item) for item in reversed(outline.root)]
        for _ in range(MOST_OUTLINE):
            if not waiting:
                return
            depth, item = waiting.pop()
            rank = _page_of(source, item.destination if item.destination is not None else item.action, places)
            if rank is not None and item.title:
                yield depth, item.title[:200], rank
                depth += 1
            waiting += [(depth, child) for child in reversed(item.children)]


def _page_of(source: pikepdf.Pdf, target: Any, places: dict[tuple[int, int], int]) -> int | None:
    """The place of the page to which a destination, a name or a GoTo action leads."""
    for _ in range(4):
        if isinstance(target, Dictionary):
            target = target.get("/D")
        elif isinstance(target, Name):
            target = source.Root.get("/Dests", Dictionary()).get(str(target))
        elif isinstance(target, String | str):
            target = _named(source, str(target))
        else:
            break
    if isinstance(target, Array) and len(target) and isinstance(target[0], Dictionary):
        return places.get(target[0].objgen)
    return None


def _named(source: pikepdf.Pdf, name: str) -> Any:
    names = source.Root.get("/Names", Dictionary()).get("/Dests")
    if names is None:
        return None
    tree = NameTree(names)
    return tree.get(name, None)


def _links_of(
    source: pikepdf.Pdf, page: pikepdf.Page, places: dict[tuple[int, int], int]
) -> list[int | None]:
    """Keep the annotations that only show or lead somewhere; the page to which each leads inside the paper.

    A link to a page is taken off, to be put back once that page is in the pack.
    """
    kept, targets = [], []
    for annotation in page.obj.get("/Annots", []):
        if not isinstance(annotation, Dictionary) or str(annotation.get("/Subtype")) not in _KEPT:
            continue
        targets.append(_disarm(source, annotation, places))
        kept.append(annotation)
    if kept:
        page.obj.Annots = Array(kept)
    elif "/Annots" in page.obj:
        del page.obj.Annots
    for key in ("/AA", "/B", "/Thumb", "/PieceInfo", "/Metadata"):
        if key in page.obj:
            del page.obj[key]
    return targets


def _disarm(source: pikepdf.Pdf, annotation: Any, places: dict[tuple[int, int], int]) -> int | None:
    action = annotation.get("/A")
    target = annotation.get("/Dest")
    address = ""
    if isinstance(action, Dictionary):
        kind = str(action.get("/S"))
        target = action.get("/D") if kind == "/GoTo" else target
        address = str(action.get("/URI", "")) if kind == "/URI" else ""
    for key in ("/A", "/AA", "/Dest", "/Popup", "/P", "/PA"):
        if key in annotation:
            del annotation[key]
    if address.lower().startswith(_SCHEMES):
        annotation.A = Dictionary(S=Name.URI, URI=String(address))
        return None
    return None if target is None else _page_of(source, target, places)


def _restore_links(page: pikepdf.Page, targets: list[int | None], pages: list[pikepdf.Page]) -> None:
    for annotation, target in zip(page.obj.get("/Annots", []), targets, strict=False):
        if target is not None:
            annotation.Dest = Array([pages[target].obj, Name.Fit])


def _take_layers(pack: pikepdf.Pdf, source: pikepdf.Pdf) -> None:
    """What the paper hides stays hidden: its layers come with it."""
    theirs = source.Root.get("/OCProperties")
    if not isinstance(theirs, Dictionary) or "/OCGs" not in theirs:
        return
    if "/OCProperties" not in pack.Root:
        pack.Root.OCProperties = Dictionary(OCGs=Array([]), D=Dictionary(OFF=Array([]), Order=Array([])))
    ours = pack.Root.OCProperties
    hidden = {group.objgen for group in theirs.get("/D", Dictionary()).get("/OFF", [])}
    for group in theirs.OCGs:
        if not group.is_indirect:
            continue
        copied = pack.copy_foreign(group)
        ours.OCGs.append(copied)
        if group.objgen in hidden:
            ours.D.OFF.append(copied)


def _move_keys(page: pikepdf.Page, base: int) -> None:
    """Move the keys of a page, of its annotations and of the forms that it draws behind those of the pack."""
    _move_key(page.obj, "/StructParents", base)
    for annotation in page.obj.get("/Annots", []):
        _move_key(annotation, "/StructParent", base)
    waiting = [page.obj.get("/Resources", Dictionary())]
    while waiting:
        for form in waiting.pop().get("/XObject", Dictionary()).values():
            if form.get("/TntMoved") is None:  # several pages may draw the same one
                form["/TntMoved"] = True
                for key in ("/StructParents", "/StructParent"):
                    _move_key(form, key, base)
                waiting.append(form.get("/Resources", Dictionary()))


def _move_key(holder: Any, key: str, base: int) -> None:
    if isinstance(holder.get(key), int):
        holder[key] = base + int(holder[key])


def _fit(page: pikepdf.Page, frame: pikepdf.Page) -> tuple[Matrix, Box]:
    """How a page is turned upright and made to fit its frame, and its own visible box."""
    box = _box(page)
    left, bottom, right, top = box
    turned: dict[int, Matrix] = {
        0: (1, 0, 0, 1, -left, -bottom),
        90: (0, -1, 1, 0, -bottom, right),
        180: (-1, 0, 0, -1, right, top),
        270: (0, 1, -1, 0, top, -left),
    }
    turn = _turn(page)
    width, height = right - left, top - bottom
    if turn in {90, 270}:
        width, height = height, width
    frame_width, frame_height = float(frame.mediabox[2]), float(frame.mediabox[3])
    room_width = frame_width - MARGINS[0] - MARGINS[2]
    room_height = frame_height - MARGINS[1] - MARGINS[3]
    scale = min(room_width / width, room_height / height, 1.0)
    across = MARGINS[0] + (room_width - scale * width) / 2
    up = MARGINS[1] + (room_height - scale * height) / 2
    a, b, c, d, e, f = turned[turn]
    return (a * scale, b * scale, c * scale, d * scale, e * scale + across, f * scale + up), box


def _written(matrix: Matrix) -> str:
    return " ".join(f"{value:.5f}" for value in matrix)


def _clip(box: Box) -> str:
    left, bottom, right, top = box
    return f"{left:.3f} {bottom:.3f} {right - left:.3f} {top - bottom:.3f} re W n"


def _moved(box: Box, matrix: Matrix) -> Box:
    """Where a rectangle comes to lie."""
    a, b, c, d, e, f = matrix
    corners = [(x, y) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs = [a * x + c * y + e for x, y in corners]
    ys = [b * x + d * y + f for x, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))


def _settle(page: pikepdf.Page, frame: pikepdf.Page, matrix: Matrix) -> None:
    """The page is as its frame, upright; what can be clicked moves with the content."""
    for key in ("/CropBox", "/TrimBox", "/BleedBox", "/ArtBox", "/Rotate", "/UserUnit"):
        if key in page.obj:
            del page.obj[key]
    page.obj.MediaBox = Array([*frame.mediabox])
    page.obj.Rotate = 0
    page.obj.Tabs = Name.S
    a, b, c, d, e, f = matrix
    for annotation in page.obj.get("/Annots", []):
        sides = [float(side) for side in annotation.get("/Rect", [0, 0, 0, 0])]
        annotation.Rect = Array([*_moved((sides[0], sides[1], sides[2], sides[3]), matrix)])
        points = [float(value) for value in annotation.get("/QuadPoints", [])]
        if points:
            pairs = zip(points[::2], points[1::2], strict=False)
            annotation.QuadPoints = Array(
                [part for x, y in pairs for part in (a * x + c * y + e, b * x + d * y + f)]
            )


if __name__ == "__main__":
    main()
