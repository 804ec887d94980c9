"""What the committees of the demonstration dealt with, in the words of their minutes. Fictional."""

from __future__ import annotations

from dataclasses import replace

from tnt.decisions.rules import ActKind
from tnt.intake.rules import ItemKind
from tnt.projects.rules import StopKind
from tnt.setup.demo.points import Noted, Point, Request, create, decision, go_on, information, reorient, stop
from tnt.sittings.rules import OutcomeKind

PLACES = {
    "coordination": "Salle 2104, 20 avenue de Ségur, Paris 7e",
    "orientation": "Salon des conférences, 20 avenue de Ségur, Paris 7e",
}
VIDEO = {
    "coordination": "https://visio.demo.tnt.example/coordination",
    "orientation": "https://visio.demo.tnt.example/orientation",
}

MOVED_REASON = (
    "La salle est réquisitionnée pour une réunion ministérielle ; la séance est décalée d’une semaine."
)
CANCELLED_REASON = (
    "Le préavis de grève des transports empêche la venue de plus de la moitié des membres ; les points "
    "inscrits sont remis à la séance suivante."
)
MISSED_REASON = (
    "La séance convoquée a été annulée en raison d’un mouvement social dans les transports et aucune autre "
    "date commune n’a pu être trouvée avant la fin du trimestre."
)
CORRECTION = (
    "La décision sur le guichet doit dire que les travaux commencent par les déclarations préalables, comme "
    "il a été convenu en séance."
)
CORRECTED_GROUP = "guichet"
CORRECTED_ENDING = " Les travaux commencent par les déclarations préalables."

_PROGRESS = "Point d’avancement consolidé des groupes projet"

# items that come back: deferred, returned by the cancelled session, or opinions of the other committee
RETURNING: dict[str, Point] = {}


def _returning(point: Point, later: Point) -> Point:
    RETURNING[point.title] = later
    return point


_tools = information(
    "Outillage commun des groupes projet",
    "Mme Aubert présente l’espace de travail commun aux groupes : agenda partagé, modèles de "
    "notes, liste des "
    "contacts. L’AMRF demande que rien n’y soit accessible uniquement en visioconférence. Le secrétariat "
    "s’engage à tenir une permanence téléphonique le premier lundi du mois.",
    rapporteur="aubert",
)
_annuaire = create(
    "annuaire",
    "M. Pons expose le besoin : dans bien des intercommunalités, nul ne sait qui appeler. Avicca "
    "rappelle que "
    "deux annuaires ont déjà échoué faute de mise à jour. Le comité crée le groupe, à condition que les "
    "associations s’engagent à tenir la liste, et en examinera l’utilité au bout d’un an.",
    rapporteur="pons",
    actions=(
        Noted(
            "Transmettre la liste des référents connus de chaque association",
            "",
            45,
            institution="amf",
            done=38,
            proof="Liste transmise par courriel au secrétariat : 312 contacts.",
        ),
    ),
)
_petites_later = go_on(
    "petites",
    "Les modèles de courriers sont utilisés et l’appui de proximité répond à une demande constante.",
    "Le bilan chiffré demandé à la séance précédente est remis : trente communes testées, vingt appels par "
    "semaine. Mme Vasseur témoigne de l’usage des modèles dans sa commune. Le comité décide la poursuite et "
    "invite le groupe à publier les réponses aux questions les plus fréquentes.",
    rapporteur="roche",
)
_petites = go_on(
    "petites",
    "Les modèles de courriers sont utilisés et l’appui de proximité répond à une demande constante.",
    "M. Roche étant retenu, le point est introduit par le secrétariat. L’AMF souhaite disposer d’un bilan "
    "chiffré avant de se prononcer. Les coprésidents proposent de reporter l’examen à la prochaine séance, "
    "ce que le comité accepte.",
).ending(OutcomeKind.DEFERRED, defer_reason="Le bilan chiffré demandé par l’AMF n’est pas disponible.")
_justificatifs = go_on(
    "justificatifs",
    "Deux démarches sur dix sont instruites ; le calendrier dépend d’un avis juridique attendu.",
    "M. Delorme indique que l’avis juridique n’est pas rendu. Poursuivre sans cet avis reviendrait à engager "
    "des communes sur un calendrier incertain. La FNCCR propose d’attendre ; le comité reporte le point à la "
    "séance suivante et demande que l’avis soit transmis aux membres dès sa réception.",
    rapporteur="delorme",
    actions=(
        Noted("Transmettre l’avis juridique aux membres du comité", "delorme", 150),
        Noted("Proposer un calendrier révisé pour les dix démarches", "delorme", 165),
    ),
).ending(OutcomeKind.DEFERRED, defer_reason="L’avis juridique attendu n’a pas été rendu.")
_restauration_later = create(
    "restauration",
    "Le comité prend connaissance de l’avis favorable du comité d’orientation politique. Mme Da "
    "Silva précise "
    "que trois communes d’Île-de-France sont prêtes à expérimenter le dispositif. Le groupe est créé ; il "
    "rendra compte à chaque séance de l’accord recueilli auprès des familles.",
    rapporteur="dasilva",
    actions=(
        Noted(
            "Rédiger le cahier des charges de l’expérimentation avec les trois communes",
            "rey",
            60,
            done=52,
            proof="Cahier des charges adopté par les trois conseils municipaux.",
        ),
    ),
)

COORDINATION: dict[int, tuple[Point, ...]] = {
    0: (
        information(
            "Installation du comité et méthode de travail",
            "M. Delaunay et Mme Garnier ouvrent la séance et rappellent que les décisions seront prises par "
            "consensus. Le comité se réunira chaque trimestre ; les demandes lui parviendront cinq semaines "
            "avant la séance. L’APVF demande que les documents soient adressés deux semaines à l’avance, ce "
            "qui est acté.",
            rapporteur="aubert",
        ),
        create(
            "tableau",
            "L’ANCT rappelle que plusieurs centaines de projets ont été soutenus sans que leurs résultats "
            "soient visibles. Villes Internet insiste sur la lisibilité pour les habitants. Le groupe est "
            "créé ; sa responsable est invitée à présenter une maquette sous six mois.",
            rapporteur="legoff",
        ),
        create(
            "catalogue",
            "M. Le Goff propose de partir des solutions que des collectivités ont déjà réutilisées. La FNCCR "
            "demande que les solutions des syndicats y figurent. Le comité crée le groupe à l’unanimité des "
            "présents.",
            rapporteur="legoff",
            actions=(
                Noted(
                    "Établir la première liste de vingt solutions à décrire",
                    "kerbrat",
                    60,
                    done=49,
                    proof="Liste publiée dans l’espace commun : vingt-trois solutions.",
                ),
            ),
        ),
        create(
            "parcours",
            "Mme Garnier souligne l’attente des maires : comprendre avant de décider. L’AMRF souhaite des "
            "sessions de proximité, Ville & Banlieue des horaires compatibles avec une activité "
            "professionnelle. Le groupe est créé avec un parcours limité à trois demi-journées.",
            rapporteur="garnier",
        ),
        create(
            "guichet",
            "La DINUM présente la situation : un dossier d’urbanisme sur cinq est déposé en ligne. Les "
            "associations relèvent que les services instructeurs ne sont pas tous équipés. Le comité crée le "
            "groupe et lui demande de mesurer ses résultats commune par commune.",
            rapporteur="delaunay",
            actions=(
                Noted(
                    "Dresser la liste des services instructeurs volontaires",
                    "sauvage",
                    75,
                    done=70,
                    proof="Liste de cent quarante services remise au secrétariat.",
                ),
            ),
        ),
    ),
    1: (
        _returning(_annuaire, _annuaire),
        _returning(_tools, _tools),
    ),
    2: (
        decision(
            _PROGRESS,
            ActKind.PROGRESS_POINT,
            "Le comité de coordination arrête le point d’avancement consolidé des quatre groupes "
            "projet et le "
            "transmet au comité d’orientation politique.",
            "Le secrétariat présente la synthèse des quatre groupes. Le comité relève que trois d’entre eux "
            "ont tenu leur calendrier malgré l’annulation de la séance du trimestre précédent. M. Faure "
            "demande que les difficultés soient dites aussi clairement que les réussites. La synthèse est "
            "adoptée.",
            rapporteur="aubert",
        ),
        create(
            "logiciels",
            "Mme Ostrowski rappelle que le dépôt en ligne ne vaut que si le logiciel de la mairie reçoit le "
            "dossier. Onze éditeurs se partagent le marché. Le comité crée le groupe et confie sa "
            "responsabilité à Mme Belkacem, qui connaît les deux côtés.",
            rapporteur="ostrowski",
            actions=(
                Noted(
                    "Réunir les éditeurs et présenter le calendrier national",
                    "belkacem",
                    60,
                    done=44,
                    proof="Réunion tenue avec neuf éditeurs sur onze ; compte rendu diffusé.",
                ),
            ),
        ),
        decision(
            "Raccordement des logiciels métiers : mobiliser l’Incubateur des territoires",
            ActKind.MOBILISE_ACTOR,
            "Le comité de coordination mobilise l’Incubateur des territoires pour fournir au groupe projet "
            "« Raccordement des logiciels métiers » un environnement d’essai ouvert aux éditeurs.",
            "M. Vidal confirme que l’Incubateur peut mettre un environnement d’essai à disposition "
            "pendant un "
            "an. Les membres y voient la condition d’un raccordement rapide. La mobilisation est décidée.",
            group="logiciels",
            rapporteur="vidal",
            minutes=10,
            actions=(
                Noted(
                    "Ouvrir l’environnement d’essai aux éditeurs",
                    "",
                    90,
                    institution="incubateur-des-territoires-anct",
                    done=82,
                    proof="Environnement ouvert ; sept éditeurs y ont un accès.",
                ),
            ),
        ),
        replace(
            stop(
                "seminaire",
                StopKind.ABANDONED,
                "Les rencontres existantes des associations répondent déjà au besoin ; un séminaire de plus "
                "mobiliserait des moyens sans bénéfice démontré.",
                "La proposition est portée par un membre absent. Après échange, plusieurs associations "
                "indiquent qu’elles préfèrent inscrire le numérique à l’ordre du jour de leurs propres "
                "rencontres. Le comité ne retient pas la proposition.",
            ),
            title="Séminaire annuel des directeurs généraux : suite à donner à la proposition",
            draft="Le comité de coordination ne retient pas la proposition de groupe projet « Séminaire "
            "annuel des directeurs généraux ». Motif : les rencontres existantes des associations "
            "répondent déjà au "
            "besoin.",
        ),
    ),
    3: (
        reorient(
            "catalogue",
            "Publier, pour chaque solution éprouvée, une fiche de réutilisation, et accompagner les dix "
            "premières collectivités qui reprennent une solution.",
            "Les fiches sont lues mais peu suivies d’effet : les collectivités demandent un accompagnement.",
            "M. Kerbrat constate que cinquante fiches n’ont conduit qu’à deux réutilisations. Le comité "
            "s’accorde sur l’accompagnement. À la demande de la FNCCR, il ajoute que le coût complet doit "
            "figurer sur chaque fiche : la décision est adoptée ainsi modifiée.",
            rapporteur="kerbrat",
        ).ending(
            OutcomeKind.ADOPTED_AMENDED,
            mission="Publier, pour chaque solution éprouvée, une fiche de réutilisation qui en donne le coût "
            "complet, et accompagner les dix premières collectivités qui reprennent une solution.",
            wording="Le comité de coordination réoriente le groupe projet « Catalogue des solutions "
            "éprouvées ». Sa mission devient : Publier, pour chaque solution éprouvée, une fiche de "
            "réutilisation qui en donne le coût complet, et accompagner les dix premières collectivités qui "
            "reprennent une solution. Motif : Les fiches sont lues mais peu suivies d’effet : les "
            "collectivités demandent un accompagnement.",
        ),
        go_on(
            "parcours",
            "Les premières sessions sont jugées utiles et six nouveaux départements se portent volontaires.",
            "Mme Monnier présente les retours des premiers participants. Le comité souhaite que les supports "
            "soient publiés sous licence ouverte. La poursuite est décidée.",
            rapporteur="monnier",
        ),
        go_on(
            "guichet",
            "La part des dossiers déposés en ligne progresse dans les communes accompagnées.",
            "M. Sauvage présente la carte des services accompagnés. L’AMIF demande une attention "
            "aux communes "
            "franciliennes dont l’instruction est mutualisée. La poursuite est décidée sans débat.",
            rapporteur="sauvage",
        ),
        create(
            "petites",
            "Mme Vasseur décrit le quotidien d’une mairie qui instruit seule une centaine de "
            "dossiers par an : "
            "pas de juriste, peu de temps, des modèles dispersés. Le comité crée le groupe et demande que "
            "l’appui passe aussi par le téléphone.",
            rapporteur="vasseur",
            actions=(
                Noted(
                    "Rédiger les six premiers modèles de courriers",
                    "roche",
                    75,
                    done=77,
                    proof="Six modèles relus par deux services instructeurs et mis en ligne.",
                ),
            ),
        ),
    ),
    4: (
        decision(
            _PROGRESS,
            ActKind.PROGRESS_POINT,
            "Le comité de coordination arrête le point d’avancement consolidé des groupes projet et le "
            "transmet au comité d’orientation politique.",
            "La synthèse distingue les groupes dont les objectifs sont sécurisés de ceux qui appellent un "
            "appui. Mme Garnier souhaite que les élus puissent la lire sans glossaire ; deux passages sont "
            "reformulés en séance. Le point d’avancement est arrêté.",
            rapporteur="aubert",
        ),
        go_on(
            "tableau",
            "La maquette est approuvée et la collecte automatique simplifiera la charge des collectivités.",
            "Mme Ferhat montre la maquette et répond aux questions sur la fraîcheur des données. Avicca "
            "propose d’afficher la date de mise à jour de chaque ligne, ce qui est retenu. La poursuite est "
            "décidée.",
            rapporteur="ferhat",
        ),
        stop(
            "annuaire",
            StopKind.ABANDONED,
            "Un quart des fiches est périmé moins d’un an après leur saisie et les relances restent vaines.",
            "M. Pons reconnaît que la tenue à jour n’a pas suivi. Les associations préfèrent que "
            "le tableau de "
            "bord indique, pour chaque projet, la personne à joindre. Le comité arrête le groupe et remercie "
            "Mme Bonnet pour la franchise de son bilan.",
            rapporteur="bonnet",
            actions=(
                Noted(
                    "Remettre au groupe du tableau de bord les contacts encore valables",
                    "bonnet",
                    30,
                    done=26,
                    proof="Fichier de 221 contacts vérifiés, remis à Mme Ferhat.",
                ),
            ),
        ),
        stop(
            "logiciels",
            StopKind.TRANSFERRED,
            "Le raccordement pourrait être confié à la maîtrise d’ouvrage de la plateforme nationale.",
            "La DINUM évoque un transfert à la maîtrise d’ouvrage de la plateforme. Villes "
            "Internet et la FNCCR "
            "s’y opposent : le groupe est le seul lieu où les collectivités rencontrent les éditeurs. Aucun "
            "consensus ne se dégageant, la proposition n’est pas adoptée ; le groupe poursuit ses travaux.",
            rapporteur="delaunay",
        ).ending(OutcomeKind.NOT_ADOPTED),
        create(
            "scolaire",
            "M. Delaunay indique que les données nécessaires existent déjà et que le cadre juridique permet "
            "leur échange avec l’accord de la famille. Ville & Banlieue y voit une simplification attendue "
            "dans les quartiers. Le groupe est créé.",
            rapporteur="delaunay",
            actions=(
                Noted(
                    "Recueillir l’engagement écrit de neuf villes pilotes",
                    "castaing",
                    80,
                    done=71,
                    proof="Neuf lettres d’engagement reçues.",
                ),
            ),
        ),
    ),
    5: (
        information(
            "Aides automatiques : état des demandes des collectivités",
            "L’ANCT présente l’état des demandes au titre des aides automatiques et rappelle "
            "qu’elles restent "
            "ouvertes à toute collectivité qui respecte le cahier des charges. Plusieurs membres signalent "
            "que les communes les moins outillées ignorent ces aides. Le comité prend acte et demande une "
            "fiche d’une page.",
            rapporteur="legoff",
            actions=(
                Noted("Publier une fiche d’une page sur les aides automatiques", "", 60, institution="anct"),
            ),
        ),
        reorient(
            "guichet",
            "Réduire le délai d’instruction dans les communes accompagnées, en aidant les pétitionnaires à "
            "déposer des dossiers complets dès le premier envoi.",
            "La part des dépôts en ligne progresse ; le délai d’instruction devient la première attente des "
            "habitants et des élus.",
            "M. Sauvage propose de passer du dépôt au délai. Les associations soutiennent ce "
            "changement, plus "
            "parlant pour les habitants. Il est convenu de commencer par les déclarations préalables, qui "
            "représentent deux dossiers sur trois. La réorientation est adoptée.",
            rapporteur="sauvage",
        ),
        go_on(
            "logiciels",
            "Quatre éditeurs sont raccordés et les collectivités demandent que l’effort se prolonge.",
            "Mme Belkacem rend compte des raccordements en service. La FNCCR demande qu’un appui particulier "
            "soit apporté aux syndicats. La poursuite est décidée.",
            rapporteur="belkacem",
            actions=(Noted("Publier la liste des versions raccordées, éditeur par éditeur", "belkacem", 75),),
        ),
        _returning(_petites, _petites_later),
        create(
            "justificatifs",
            "M. Le Goff rappelle que le justificatif de domicile reste la pièce la plus demandée par les "
            "mairies. Dix démarches sont visées. L’AMIF demande que les communes puissent vérifier le "
            "résultat. Le groupe est créé.",
            rapporteur="legoff",
        ),
    ),
    6: (
        information(
            "Sécurité des échanges de données entre l’État et les collectivités",
            "La DINUM expose les mesures applicables aux interfaces ouvertes aux collectivités : "
            "habilitation, "
            "journalisation, durée de conservation. À la question de l’AMF, il est répondu qu’aucune donnée "
            "n’est copiée par la plateforme. Le comité prend acte.",
            rapporteur="delaunay",
        ),
        create(
            "ambassadeurs",
            "Mme Monnier propose de prolonger le parcours par un réseau : les élus formés se disent prêts à "
            "aider leurs pairs. Le comité crée le groupe, qui fait suite au parcours de formation, "
            "et demande "
            "que les départements ruraux soient servis d’abord.",
            rapporteur="monnier",
            actions=(
                Noted(
                    "Écrire aux associations départementales de maires",
                    "monnier",
                    30,
                    done=21,
                    proof="Courrier adressé à 101 associations départementales.",
                ),
            ),
        ),
        stop(
            "parcours",
            StopKind.ACHIEVED,
            "Le parcours est conçu, expérimenté dans douze départements et remis aux organismes de "
            "formation.",
            "Le bilan final est présenté : douze départements, 430 élus formés, des supports publiés sous "
            "licence ouverte. Le comité constate que la mission est accomplie, félicite le groupe "
            "et prononce "
            "son arrêt ; le réseau d’ambassadeurs prend la suite.",
            rapporteur="monnier",
        ),
        reorient(
            "scolaire",
            "Pré-remplir les demandes d’inscription scolaire, périscolaire et en crèche, dans un parcours "
            "unique pour les familles, avec les données que l’administration détient déjà.",
            "Les villes pilotes demandent que la crèche entre dans le même parcours que l’école.",
            "Mme Castaing rend compte de l’expérimentation : les familles ne distinguent pas l’école de la "
            "crèche. M. Keita soutient un parcours unique. Le comité réoriente le groupe en ce sens, sans "
            "changer l’échéance de généralisation.",
            rapporteur="castaing",
            actions=(
                Noted("Soumettre aux villes pilotes le parcours unique pour les familles", "castaing", 70),
            ),
        ),
    ),
    7: (
        decision(
            _PROGRESS,
            ActKind.PROGRESS_POINT,
            "Le comité de coordination arrête le point d’avancement consolidé des groupes projet et le "
            "transmet au comité d’orientation politique.",
            "Deux groupes signalent qu’ils ont besoin d’un appui et un groupe juge ses objectifs compromis. "
            "Les coprésidents demandent que ces trois situations soient examinées en premier à la prochaine "
            "séance. Le point d’avancement est arrêté.",
            rapporteur="aubert",
            actions=(Noted("Préparer une note sur les trois groupes en difficulté", "aubert", 120),),
        ),
        go_on(
            "catalogue",
            "Quatre-vingt-deux fiches sont publiées et neuf réutilisations sont confirmées.",
            "M. Kerbrat présente les réutilisations et leur coût complet. La FNCCR se félicite de la mention "
            "des coûts. Le comité décide la poursuite et souhaite que les abandons soient également décrits.",
            rapporteur="kerbrat",
            actions=(
                Noted(
                    "Rédiger trois fiches sur des réutilisations abandonnées",
                    "kerbrat",
                    100,
                ),
            ),
        ),
        information(
            "Retour d’expérience : la mutualisation départementale",
            "Mme Teissier relate la mutualisation conduite dans son département : un service commun de six "
            "agents pour quarante communes. Les membres l’interrogent sur la répartition des coûts et sur la "
            "gouvernance. Le comité prend acte et propose d’en faire une fiche du catalogue.",
            rapporteur="teissier",
        ),
        _returning(_justificatifs, _justificatifs),
    ),
}

# the session being prepared: what is on its agenda besides what returns and the objectives
UPCOMING: tuple[Point, ...] = (
    information(
        "Trois groupes en difficulté : point de situation",
        "",
        rapporteur="aubert",
        minutes=20,
    ),
    reorient(
        "logiciels",
        "Accompagner directement les communes dans la mise en service du raccordement et négocier, avec "
        "l’ANCT, des conditions types applicables à tous les éditeurs.",
        "Un éditeur facture le raccordement et bloque trente communes : l’appui aux communes compte "
        "désormais plus que le nombre d’éditeurs.",
        "",
        rapporteur="belkacem",
        minutes=25,
    ),
)
UPCOMING_PROGRESS = decision(
    _PROGRESS,
    ActKind.PROGRESS_POINT,
    "Le comité de coordination arrête le point d’avancement consolidé des groupes projet et le transmet au "
    "comité d’orientation politique.",
    "",
    rapporteur="aubert",
)
UPCOMING_SCORE = "logiciels-communes"
UPCOMING_ADOPTION = "scolaire-pilotes"
PROPOSED_BY_A_LEAD = "petites-modeles"

_restauration = create(
    "restauration",
    "Mme Varnier rappelle que le comité n’est pas compétent pour créer un groupe mais qu’il "
    "lui revient "
    "d’en apprécier l’opportunité politique. M. Toussaint cite l’exemple de sa commune : un quart "
    "des familles "
    "ne demande pas le tarif auquel elles ont droit. Le comité rend un avis favorable, transmis au comité de "
    "coordination.",
    rapporteur="toussaint",
)
_opinion = _restauration.ending(OutcomeKind.OPINION_GIVEN)
_roadmap_again = Point(
    "Feuille de route : premier examen du projet de version 1",
    "Les associations remercient le secrétariat d’avoir intégré leurs remarques mais demandent encore que "
    "l’accompagnement des élus soit chiffré. Mme Varnier propose de reporter la validation à la prochaine "
    "séance, le projet demeurant un projet. Le comité en convient.",
    act_kind=ActKind.VALIDATE_ROADMAP,
).ending(
    OutcomeKind.DEFERRED,
    defer_reason="Le chiffrage de l’accompagnement des élus est attendu avant la validation.",
)
_roadmap = Point(
    "Feuille de route : premier examen du projet de version 1",
    "Le projet est présenté axe par axe. L’AMRF et l’APVF souhaitent consulter leurs instances avant de se "
    "prononcer. Les coprésidents constatent que l’échange a été utile et reportent la validation à la "
    "séance suivante.",
    act_kind=ActKind.VALIDATE_ROADMAP,
    minutes=30,
    rapporteur="marchal",
).ending(
    OutcomeKind.DEFERRED,
    defer_reason="Deux associations consultent leurs instances avant de se prononcer.",
)

ORIENTATION: tuple[tuple[Point, ...], ...] = (
    (
        decision(
            "Fixer les grands objectifs du programme",
            ActKind.SET_GOALS,
            "Le comité d’orientation politique fixe trois grands objectifs : rendre visibles les projets "
            "numériques locaux, former les élus et leurs équipes, ne plus demander aux habitants ce que "
            "l’administration sait déjà.",
            "Mme Varnier et M. Castel rappellent l’attente commune de résultats concrets. Après un tour de "
            "table, trois objectifs sont retenus, chacun devant pouvoir être expliqué en une phrase à un "
            "conseil municipal. Le comité les fixe par consensus.",
            rapporteur="varnier",
            minutes=40,
        ),
        decision(
            "Prolonger le programme",
            ActKind.EXTEND_PROGRAMME,
            "Le comité d’orientation politique prolonge le programme de trois ans, à compter de la présente "
            "séance.",
            "Les membres constatent que les chantiers ouverts dépassent la durée annoncée. La prolongation "
            "est adoptée sans réserve ; un bilan à mi-parcours sera présenté.",
            rapporteur="marchal",
        ),
        information(
            "Consommation des crédits : situation",
            "Mme Marchal présente la situation des crédits, axe par axe. Mme Lescure demande une lecture "
            "territoriale, département par département. Le comité prend acte et souhaite que la prochaine "
            "situation distingue les engagements des paiements.",
            rapporteur="marchal",
            actions=(
                Noted(
                    "Présenter les crédits par département",
                    "marchal",
                    120,
                    done=110,
                    proof="Tableau joint au dossier de la séance suivante.",
                ),
            ),
        ),
    ),
    (
        decision(
            "Fixer les axes prioritaires du fonds",
            ActKind.SET_PRIORITY_AXES,
            "Le comité d’orientation politique retient deux axes prioritaires : les collectivités les moins "
            "pourvues en ingénierie et les projets réutilisables par d’autres.",
            "La discussion porte sur la notion de collectivité « la moins pourvue ». L’AMRF propose de "
            "s’appuyer sur les programmes existants plutôt que de créer un zonage. Le comité s’accorde sur "
            "deux axes, sans fixer de montant.",
            rapporteur="varnier",
            minutes=35,
        ),
        Point(
            "Avis sur trois demandes de subvention d’intérêt régional",
            "Les trois dossiers sont présentés par l’autorité qui finance. Mme Haddad souligne l’intérêt du "
            "deuxième pour les quartiers prioritaires. Le comité rend un avis favorable sur les trois ; la "
            "décision d’attribution reste celle de l’autorité qui finance.",
            kind=ItemKind.OPINION,
            act_kind=ActKind.GRANT_OPINION,
            rapporteur="marchal",
            outcome=OutcomeKind.OPINION_GIVEN,
            draft="Le comité d’orientation politique rend un avis favorable sur les trois demandes "
            "présentées, sans se prononcer sur leur montant.",
        ),
        information(
            "Point d’avancement transmis par le comité de coordination",
            "Le secrétariat résume le point d’avancement. M. Ferrand regrette que les communes "
            "moyennes soient "
            "peu présentes parmi les pilotes. Le comité prend acte.",
            rapporteur="lenoir",
        ),
    ),
    (
        _returning(_roadmap, _roadmap_again),
        _returning(_opinion, _restauration_later),
        information(
            "Consommation des crédits : situation par département",
            "Les cartes demandées sont présentées. Douze départements n’ont déposé aucun dossier ; les "
            "préfectures de région concernées seront sollicitées. Le comité prend acte et remercie les "
            "services pour la clarté du document.",
            rapporteur="marchal",
            actions=(
                Noted(
                    "Solliciter les préfectures des régions sans dossier",
                    "",
                    60,
                    institution="prefectures-de-region",
                    done=55,
                    proof="Cinq réponses reçues, jointes au dossier.",
                ),
            ),
        ),
    ),
    (
        information(
            "Bilan à mi-parcours de la prolongation du programme",
            "Le bilan relève douze groupes ouverts, dont un achevé, et des résultats tangibles en urbanisme. "
            "M. Hamel demande que les échecs soient aussi analysés. Les coprésidents proposent d’y consacrer "
            "une séance de travail. Le comité prend acte.",
            rapporteur="lenoir",
            minutes=25,
            actions=(Noted("Organiser la séance de travail sur les difficultés rencontrées", "lenoir", 75),),
        ),
        decision(
            "Préparer l’évaluation indépendante du programme",
            ActKind.OTHER,
            "Le comité d’orientation politique décide de confier l’évaluation du programme à une équipe "
            "indépendante, dont les conclusions lui seront remises avant la fin de la prolongation.",
            "Mme Lescure estime qu’une évaluation conduite par les services manquerait de recul. Le principe "
            "d’une équipe indépendante fait consensus ; son financement sera précisé à la prochaine séance. "
            "La décision est adoptée.",
            rapporteur="varnier",
            minutes=20,
        ),
        decision(
            "Associer les centres de gestion à la formation des agents",
            ActKind.OTHER,
            "Le comité d’orientation politique invite les groupes projet à associer les centres de gestion à "
            "la formation des agents des communes.",
            "M. Mercadier rappelle que les petites communes n’ont pas de service de formation. Les "
            "centres de "
            "gestion sont l’échelon pertinent. La décision est adoptée par consensus.",
            rapporteur="mercadier",
        ),
    ),
)

CREATION_REASON = (
    "Les agents territoriaux utilisent aujourd’hui jusqu’à neuf identifiants différents pour les services en "
    "ligne de l’État."
)
REQUESTS: tuple[Request, ...] = (
    Request(
        "coordination",
        "benali",
        75,
        "Étudier la couverture mobile des zones blanches",
        "Le comité de coordination inscrit la couverture mobile à son programme de travail.",
        "Plusieurs départements le demandent.",
        refused="La couverture mobile relève d’un autre programme, auquel la demande a été transmise.",
    ),
    Request(
        "coordination",
        "keita",
        50,
        "Avis sur la subvention du projet « Guichet de quartier »",
        "Un avis est demandé sur la subvention du projet « Guichet de quartier » de Rosny-la-Plaine.",
        "Le projet est reproductible dans d’autres quartiers prioritaires.",
        act_kind=ActKind.GRANT_OPINION,
        redirected="Les avis sur les subventions relèvent du comité d’orientation politique, qui est saisi.",
    ),
    Request(
        "orientation",
        "hamel",
        10,
        "Ajouter la sobriété numérique aux axes prioritaires",
        "Le comité d’orientation politique ajoute la sobriété numérique aux axes prioritaires du fonds.",
        "Les syndicats qui portent des infrastructures constatent la hausse des consommations.",
        act_kind=ActKind.SET_PRIORITY_AXES,
    ),
    Request(
        "coordination",
        "kerbrat",
        4,
        "Arbitrage : hébergement des fiches du catalogue",
        "Le comité de coordination retient un hébergement unique pour les fiches du catalogue.",
        "Les fiches sont réparties entre trois sites, ce qui nuit à leur mise à jour.",
        group="catalogue",
    ),
)
