/* Session mode, and the roll. The pages work without it: their forms save as everywhere else.
   Texts ([data-text] in form[data-sitting]) are saved as they are typed. What is not saved yet waits in
   localStorage, one queue a person and a session: { "item:field": { item, field, url, base, text, key, sent } }.
   `base` is the version that was typed on; `key` names one text, so that sending it twice saves it once;
   `sent` are the keys whose answer was lost. The queue is emptied at sign-out (tnt.js). */
(function () {
  "use strict";

  var PAUSE = 700, RETRY = 4000, POLL = 5000, PATIENCE = 10000, LEAVING = 2500;

  /* -- the roll: a letter on the presence of a seat, arrows from seat to seat ------------------------------ */
  var roll = document.querySelector("form[data-roll]");
  if (roll) {
    document.querySelectorAll("[data-scripted]").forEach(function (each) { each.hidden = false; });
    var presences = Array.from(roll.querySelectorAll("[data-presence]"));
    var show = function (select) {
      select.closest("[data-seat]").querySelectorAll("[data-for]").forEach(function (each) {
        each.hidden = each.dataset.for !== select.value;
      });
    };
    presences.forEach(show);
    var said = roll.querySelector("[data-said]");
    var nameOf = function (select) { return select.dataset.presence; };
    // where a letter leads is said aloud: the choice, then the seat that comes
    var say = function (select, next) {
      said.textContent = said.dataset[next ? "said" : "last"].replace("{name}", nameOf(select))
        .replace("{presence}", select.options[select.selectedIndex].text).replace("{next}", next ? nameOf(next) : "");
    };
    var goOn = function (select) {
      var next = presences[presences.indexOf(select) + 1];
      say(select, next);
      (next || select).focus();
    };
    roll.addEventListener("change", function (event) {
      if (event.target.matches("[data-presence]")) show(event.target);
    });
    roll.addEventListener("keydown", function (event) {
      var select = event.target;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (select.matches("[data-for]")) {
        // what completes a presence: Enter goes on to the next seat, Escape back to the presence
        if (event.key !== "Enter" && event.key !== "Escape") return;
        event.preventDefault();
        var mine = select.closest("[data-seat]").querySelector("[data-presence]");
        if (event.key === "Enter") goOn(mine); else mine.focus();
        return;
      }
      if (!select.matches("[data-presence]")) return;
      var at = presences.indexOf(select);
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        var other = presences[at + (event.key === "ArrowDown" ? 1 : -1)];
        if (other) other.focus();
        return;
      }
      var option = Array.from(select.options).find(function (each) {
        return each.dataset.letter && each.dataset.letter === event.key.toLowerCase();
      });
      if (!option) return;
      event.preventDefault();
      select.value = option.value;
      show(select);
      select.dispatchEvent(new Event("change", { bubbles: true }));
      var more = select.closest("[data-seat]").querySelector("[data-for=" + option.value + "]:not([hidden]):not(span)");
      if (!more) { goOn(select); return; }
      said.textContent = said.dataset.more.replace("{name}", nameOf(select));
      more.focus();
    });
  }

  /* -- the rail: a long agenda opens on the item that is shown ----------------------------------------------- */
  var shown = document.querySelector(".rail [aria-current]");
  if (shown) shown.parentElement.parentElement.scrollTop = shown.offsetTop - shown.parentElement.parentElement.offsetTop - 80;

  /* -- an item: its texts ------------------------------------------------------------------------------------ */
  var form = document.querySelector("form[data-sitting]");
  if (!form) return;

  var STORE = "tnt.sitting." + form.dataset.person + "." + form.dataset.sitting;
  var item = form.dataset.item;
  var version = form.querySelector("[name=version]");
  var csrf = form.querySelector("[name=csrf_token]").value;
  var line = document.querySelector(".saved-line");
  var writers = document.querySelector("[data-writers]");
  var room = document.querySelector("[data-room]");
  var elsewhere = document.querySelector("[data-elsewhere]");
  var areas = {};
  form.querySelectorAll("[data-text]").forEach(function (area) { areas[area.dataset.text] = area; });
  var stored = {};      // field → the text as it is saved, as far as this page knows
  var conflicts = {};   // "item:field" → what the server gave back, and the text that it was given
  var merging = {};     // "item:field" → to be put together as soon as the server knows the text as it stands
  var refused = {};     // key → why that text is not taken
  var fresh = true;     // whether the form knows the present version of the item, as far as this page can tell
  var away = false, signedOut = false, locked = false, stores = true;

  function read() {
    try { return JSON.parse(localStorage.getItem(STORE)) || {}; } catch (error) { return {}; }
  }
  function write(queue) {
    try {
      if (Object.keys(queue).length) localStorage.setItem(STORE, JSON.stringify(queue));
      else localStorage.removeItem(STORE);
      stores = true;
    } catch (error) { stores = false; }
  }
  function count(queue) { return Object.keys(queue || read()).length; }
  function newKey() {
    var bytes = crypto.getRandomValues(new Uint8Array(12));
    return Array.from(bytes, function (byte) { return byte.toString(16).padStart(2, "0"); }).join("");
  }
  function say(name, values) {
    var text = line.dataset[name] || name;
    Object.keys(values || {}).forEach(function (each) { text = text.replace("{" + each + "}", values[each]); });
    if (line.textContent !== text) line.textContent = text;
    line.classList.toggle("is-off", away || signedOut || locked);
  }

  function typed(field) {
    var area = areas[field], queue = read(), id = item + ":" + field, entry = queue[id];
    if (!entry && area.value === stored[field]) return;
    queue[id] = {
      item: item, field: field, url: form.dataset.save, title: document.querySelector("h1").textContent,
      base: entry ? entry.base : Number(area.dataset.version), text: area.value, key: newKey(),
      sent: entry ? (entry.sent || []) : []
    };
    write(queue);
    if (away || signedOut || locked) report(); else say("typing");
    later();
  }

  var timer = null;
  function later(delay) {
    clearTimeout(timer);
    timer = setTimeout(flush, delay === undefined ? PAUSE : delay);
  }

  async function ask(url, options) {
    var abort = new AbortController(), out = setTimeout(function () { abort.abort(); }, PATIENCE);
    try {
      var answer = await fetch(url, Object.assign({
        credentials: "same-origin", redirect: "manual", signal: abort.signal, cache: "no-store"
      }, options));
      var known = answer.type !== "opaqueredirect" && answer.status < 500;
      var json = (answer.headers.get("Content-Type") || "").indexOf("json") >= 0;
      if (answer.status >= 500) throw new Error("unavailable");
      return { status: known ? answer.status : 401, data: json ? await answer.json() : null };
    } finally { clearTimeout(out); }
  }

  // one flush at a time; whoever asks meanwhile waits for the next one
  var running = null;
  function flush() {
    if (!running) running = flushNow().finally(function () { running = null; });
    return running;
  }
  async function flushNow() {
    clearTimeout(timer);
    var ids = Object.keys(read());
    for (var i = 0; i < ids.length; i++) {
      var entry = read()[ids[i]];
      if (!entry || conflicts[ids[i]] || refused[entry.key]) continue;
      var went;
      try { went = await send(ids[i], entry); } catch (error) { away = true; report(); later(RETRY); return; }
      away = false;
      if (!went) { report(); later(RETRY * 3); return; }
    }
    report();
    if (!fresh && !count()) await poll();
    var left = read();
    if (Object.keys(left).some(function (id) { return !conflicts[id] && !refused[left[id].key]; })) later();
  }

  async function send(id, entry) {
    var queue = read();
    if (queue[id] && queue[id].key === entry.key) {
      queue[id].sent = (entry.sent || []).concat(entry.key).slice(-10);
      write(queue);
    }
    var answer = await ask(entry.url, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrf },
      body: JSON.stringify({ field: entry.field, base: entry.base, text: entry.text, key: entry.key, sent: entry.sent || [] })
    });
    if (answer.status === 401 || answer.status === 400) return signInAgain();
    signedOut = false;
    if (answer.status === 200) saved(id, entry, answer.data);
    else if (answer.status === 409) conflict(id, entry, answer.data);
    else {
      refused[entry.key] = answer.data ? answer.data.message : "";
      locked = answer.status === 423;
    }
    return true;
  }

  function saved(id, entry, data) {
    var queue = read(), now = queue[id];
    delete merging[id];
    if (now && now.key === entry.key) delete queue[id];
    else if (now) { now.base = data.version; now.sent = []; }
    write(queue);
    if (entry.item === item) {
      areas[entry.field].dataset.version = data.version;
      stored[entry.field] = entry.text;
    }
    fresh = false;
    say("saved", data);
  }

  function report() {
    var queue = read(), n = count(queue);
    var first = Object.keys(queue).find(function (id) { return refused[queue[id].key]; });
    var other = Object.keys(queue).find(function (id) { return conflicts[id] && queue[id].item !== item; });
    if (locked) say("locked");
    else if (signedOut) say("signedOut");
    else if (away) say("offline", { n: n });
    else if (first) say(refused[queue[first].key]);
    else if (other) say("waiting", { n: queue[other].title });
  }

  // the session of the browser has ended, or began again elsewhere: a page of ours says which, and its new proof
  async function signInAgain() {
    var answer = await ask(form.dataset.state, { headers: { Accept: "application/json" } });
    if (answer.status === 200 && answer.data && String(answer.data.person) === form.dataset.person) {
      csrf = answer.data.csrf;
      form.querySelectorAll("[name=csrf_token]").forEach(function (each) { each.value = csrf; });
      document.querySelectorAll("[name=csrf_token]").forEach(function (each) { each.value = csrf; });
      if (signedOut || !signInAgain.tried) { signInAgain.tried = true; signedOut = false; later(0); return true; }
    }
    signedOut = true;
    return false;
  }

  /* -- two people on one text ------------------------------------------------------------------------------- */
  function conflict(id, entry, data) {
    data.typed = entry.text;
    conflicts[id] = data;
    var parts = id.split(":");
    if (parts[0] !== item) return;
    var field = parts[1], place = form.querySelector("[data-conflict=" + field + "]");
    place.innerHTML = data.html;
    place.querySelectorAll("[data-choice]").forEach(function (button) {
      button.addEventListener("click", function () { choose(id, field, button.dataset.choice); });
    });
    if (merging[id]) choose(id, field, "merged"); else say("choose");
  }
  function choose(id, field, choice) {
    var data = conflicts[id], area = areas[field], queue = read();
    delete conflicts[id];
    form.querySelector("[data-conflict=" + field + "]").textContent = "";
    // written on since: what the server put together lacks that, so it is asked again, on the same version
    merging[id] = choice === "merged" && area.value !== data.typed;
    if (merging[id]) { typed(field); flush(); return; }
    area.dataset.version = data.version;
    stored[field] = data.text;
    if (choice === "theirs") area.value = data.text;
    if (choice === "merged") area.value = data.merged;
    delete queue[id];
    write(queue);
    area.focus();
    typed(field);
    flush().then(poll);
  }

  /* -- what others do ------------------------------------------------------------------------------------------- */
  async function poll() {
    var known = Object.keys(areas).map(function (field) { return field + "=" + areas[field].dataset.version; });
    var answer;
    try {
      answer = await ask(form.dataset.state + "?" + known.join("&"), { headers: { Accept: "application/json" } });
    } catch (error) { away = true; report(); return false; }
    if (answer.status !== 200 || !answer.data || String(answer.data.person) !== form.dataset.person) {
      signedOut = answer.status === 401 || answer.status === 200;
      report();
      return !signedOut;
    }
    var back = away || signedOut;
    away = signedOut = false;
    csrf = answer.data.csrf;
    locked = !answer.data.open;
    receive(answer.data);
    if (back && !count()) say("saved", { at: clockTime(new Date()) });
    if (count() && !locked) later(0);
    else report();
    return true;
  }

  function receive(data) {
    var queue = read(), level = true;
    Object.keys(data.fields).forEach(function (field) {
      var area = areas[field], told = data.fields[field], id = item + ":" + field;
      if (!area || told.text === undefined) return;
      if (queue[id] || conflicts[id]) { level = false; return; } // ours is on its way: the answer will say
      told.text = told.text.replace(/\r\n?/g, "\n");
      if (area.value !== told.text) {
        var at = area.selectionStart, focused = document.activeElement === area;
        area.value = told.text;
        if (focused) area.setSelectionRange(Math.min(at, told.text.length), Math.min(at, told.text.length));
        if (told.by) say("received", { by: told.by, at: told.at });
      }
      area.dataset.version = told.version;
      stored[field] = area.value;
    });
    // another outcome or another count: the form must come back with both, so its version stays behind
    if (level && data.kind === form.dataset.kind && data.votes === form.dataset.votes) version.value = data.outcome;
    fresh = true;
    room.innerHTML = data.room;
    writers.textContent = data.writers.join(" ");
    if (data.kind !== form.dataset.kind && elsewhere.hidden) {
      elsewhere.hidden = false;
      elsewhere.querySelector("[data-words]").textContent = line.dataset.changed
        .replace("{by}", data.writer || "").replace("{at}", data.at || "").replace("{kind}", data.kind || "–");
    }
  }

  /* -- leaving: nothing waits that could be saved ------------------------------------------------------------------ */
  var passing = false, settling = false;
  function pending() {
    var queue = read();
    return Object.keys(queue).some(function (id) { return !conflicts[id] && !refused[queue[id].key]; });
  }
  async function settle() {
    Object.keys(areas).forEach(function (field) { if (areas[field].value !== stored[field]) typed(field); });
    var waited = new Promise(function (done) { setTimeout(done, LEAVING); });
    for (var turn = 0; turn < 3 && pending() && !away && !signedOut && !locked; turn++) await Promise.race([flush(), waited]);
  }
  function dirty() {
    return pending() || Object.keys(areas).some(function (field) { return areas[field].value !== stored[field]; });
  }
  document.addEventListener("submit", function (event) {
    var sent = event.target;
    if (passing || event.defaultPrevented || sent.method !== "post" || !sent.closest(".sitting, .top")) return;
    if (fresh && !away && !signedOut && navigator.onLine && !dirty() && !Object.keys(conflicts).length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (settling) return; // pressed twice: the first one is on its way
    settling = true;
    var button = event.submitter;
    (async function () {
      try { await leaveBy(sent, button); } finally { settling = false; }
    })();
  }, true);
  async function leaveBy(sent, button) {
    await settle();
    var here = Object.keys(conflicts).some(function (id) { return id.split(":")[0] === item; });
    if (sent === form && here) { say("choose"); form.querySelector("[data-choice]").focus(); return; }
    var reached = await poll();
    if (away) { say("offlineOutcome"); return; }
    if (!reached && sent.closest(".sitting")) return;
    passing = true;
    sent.requestSubmit(button);
  }
  document.addEventListener("click", function (event) {
    var link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.getAttribute("href").charAt(0) === "#" || link.target) return;
    if (!dirty() && !away) return;
    event.preventDefault();
    (async function () {
      await settle();
      if (away) await poll();
      if (away) { report(); return; } // the next page could not come: the texts stay under the eyes
      location.href = link.href;
    })();
  });
  window.addEventListener("pageshow", function () { passing = false; });
  window.addEventListener("pagehide", function () {
    Object.keys(areas).forEach(function (field) { if (areas[field].value !== stored[field]) typed(field); });
  });
  window.addEventListener("beforeunload", function (event) { if (!stores && dirty()) event.preventDefault(); });

  /* -- an action begun: it waits here until it is added, whatever else is pressed ------------------------------------ */
  var begun = document.querySelector("form[data-action]"), told = document.querySelector("[data-begun]");
  var BEGUN = STORE + ".action.";
  function actionFields() {
    return Array.from(begun.elements).filter(function (each) { return each.name.indexOf("action-") === 0; });
  }
  function keepAction() {
    var typed = { title: document.querySelector("h1").textContent, values: {} };
    actionFields().forEach(function (each) { if (each.value.trim()) typed.values[each.name] = each.value; });
    try {
      if (Object.keys(typed.values).length) localStorage.setItem(BEGUN + item, JSON.stringify(typed));
      else localStorage.removeItem(BEGUN + item);
    } catch (error) { /* the fields keep it while the page is open */ }
  }
  function beginAction() {
    var waiting = {};
    try {
      Object.keys(localStorage).forEach(function (name) {
        if (name.indexOf(BEGUN) === 0) waiting[name.slice(BEGUN.length)] = JSON.parse(localStorage.getItem(name));
      });
    } catch (error) { return; }
    var mine = waiting[item], said = [];
    if (begun.querySelector("[aria-invalid]")) keepAction();
    else if (mine) {
      var added = Array.from(document.querySelectorAll("#actions li")).some(function (line) {
        return mine.values["action-title"] && line.dataset.title === mine.values["action-title"].trim()
          && line.dataset.owner === mine.values["action-owner"] && line.dataset.due === mine.values["action-due_on"];
      });
      if (added) localStorage.removeItem(BEGUN + item);
      else {
        actionFields().forEach(function (each) { if (each.name in mine.values) each.value = mine.values[each.name]; });
        said.push(told.dataset.here);
      }
    }
    Object.keys(waiting).forEach(function (other) {
      if (other !== item) said.push(told.dataset.there.replace("{n}", waiting[other].title));
    });
    told.querySelector("[data-words]").textContent = said.join(" ");
    told.hidden = !said.length;
  }
  begun.addEventListener("input", keepAction);
  begun.addEventListener("change", keepAction);

  /* -- the clock -------------------------------------------------------------------------------------------------- */
  var clock = document.querySelector(".sitting-clock"), spent = document.querySelector("[data-started]");
  var ahead = clock ? Date.now() - Number(clock.dataset.now) * 1000 : 0;  // none in a session of the past
  var french = document.documentElement.lang !== "en";
  function clockTime(at) {
    var parts = new Intl.DateTimeFormat("fr-FR", { hour: "2-digit", minute: "2-digit", timeZone: "Europe/Paris" }).formatToParts(at);
    var hour = parts.find(function (part) { return part.type === "hour"; }).value;
    var minute = parts.find(function (part) { return part.type === "minute"; }).value;
    if (!french) return hour + ":" + minute;
    return Number(hour) + "\u00a0h" + (minute === "00" ? "" : "\u00a0" + minute);
  }
  function tick() {
    if (!clock) return;
    var now = Date.now() - ahead;
    clock.textContent = clockTime(new Date(now));
    if (!spent) return;
    var end = Number(spent.dataset.ended || now / 1000), minutes = Math.max(0, Math.floor((end - Number(spent.dataset.started)) / 60));
    var text = spent.textContent.replace(/^[^a-zà-ÿ]*(?:\d+\s*h\s*\d*|\d+\s*min)/, length(minutes));
    if (text !== spent.textContent) spent.textContent = text;
    spent.classList.toggle("is-over", minutes > Number(spent.dataset.allotted));
  }
  function length(minutes) {
    var hours = Math.floor(minutes / 60), rest = minutes % 60;
    if (!hours) return rest + "\u00a0min";
    return hours + "\u00a0h" + (rest ? "\u00a0" + String(rest).padStart(2, "0") : "");
  }

  /* -- beginning ---------------------------------------------------------------------------------------------------- */
  Object.keys(areas).forEach(function (field) {
    var area = areas[field];
    stored[field] = area.value;
    area.addEventListener("input", function () { typed(field); });
    area.addEventListener("blur", function () { if (read()[item + ":" + field]) later(0); });
    var waiting = read()[item + ":" + field];
    // a form that came back refused holds what was typed last; else what waits here is newer than the page
    if (form.dataset.refused) { if (area.value !== area.defaultValue) typed(field); }
    else if (waiting && waiting.text !== area.value) area.value = waiting.text;
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) event.target.blur();
  });
  window.addEventListener("online", function () { poll(); });
  window.addEventListener("offline", function () { away = true; report(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) poll(); });
  setInterval(tick, 1000);
  setInterval(function () { if (!document.hidden && !running) poll(); }, POLL);
  tick();
  beginAction();
  if (count()) flush();
})();
