"""The project groups of the demonstration, their objectives, and what their leads report. Fictional."""

from __future__ import annotations

from dataclasses import dataclass

from tnt.objectives.rules import FollowUp, Score
from tnt.reports.rules import Confidence

SUN, OVERCAST, CLOUD, STORM = Confidence.SUN, Confidence.OVERCAST, Confidence.CLOUD, Confidence.STORM


@dataclass(frozen=True, slots=True)
class Group:
    """A group as it is proposed; `lead` for an institution, both given by its creation."""

    name: str
    workstream: str
    mission: str
    lead: str = ""
    institution: str = ""
    follows: str = ""
    proposed_before: int = 0  # the slot whose agenda it is first on; it is proposed a few weeks before


@dataclass(frozen=True, slots=True)
class Objective:
    """A semester objective; `carried_from` when it is the follow-up of another."""

    group: str
    generation: int
    title: str
    measure: str
    score: Score | None = None
    comment: str = ""
    follow_up: FollowUp | None = None
    amended_title: str = ""
    carried_from: str = ""
    adopted_notes: str = ""
    scored_notes: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """What a lead reports in a month."""

    confidence: Confidence
    done: str
    coming: str
    arbitration: str = ""


GROUPS = {
    "tableau": Group(
        "Tableau de bord des projets numériques locaux",
        "agenda",
        "Tenir, avec les collectivités volontaires, un tableau de bord public des projets numériques "
        "soutenus par le programme, lisible par un élu en cinq minutes.",
        "ferhat",
        "dinum",
    ),
    "catalogue": Group(
        "Catalogue des solutions éprouvées",
        "agenda",
        "Recenser les solutions numériques des collectivités qui ont fait leurs preuves et publier, pour "
        "chacune, une fiche de réutilisation.",
        "kerbrat",
        "anct",
    ),
    "annuaire": Group(
        "Annuaire des référents numériques",
        "agenda",
        "Constituer un annuaire des référents numériques des intercommunalités, tenu à jour par les "
        "associations d’élus.",
        "bonnet",
        "apvf",
        proposed_before=1,
    ),
    "parcours": Group(
        "Parcours de formation des élus",
        "sensibilisation",
        "Concevoir et expérimenter un parcours de formation au numérique de trois demi-journées, destiné "
        "aux élus et aux directeurs généraux des services.",
        "monnier",
        "amf",
    ),
    "seminaire": Group(
        "Séminaire annuel des directeurs généraux",
        "sensibilisation",
        "Organiser un séminaire national annuel réunissant les directeurs généraux des services autour de "
        "la transformation numérique.",
        proposed_before=2,
    ),
    "guichet": Group(
        "Guichet des demandes d’urbanisme",
        "urbanisme",
        "Accompagner les communes dans le dépôt en ligne des demandes d’autorisation d’urbanisme et mesurer "
        "la part des dossiers déposés sans papier.",
        "sauvage",
        "dinum",
    ),
    "logiciels": Group(
        "Raccordement des logiciels métiers",
        "urbanisme",
        "Obtenir le raccordement des logiciels d’instruction du marché à la plateforme nationale d’échange "
        "des dossiers d’urbanisme.",
        "belkacem",
        "villes-internet",
        proposed_before=2,
    ),
    "petites": Group(
        "Appui aux petites communes instructrices",
        "urbanisme",
        "Apporter aux communes de moins de 3 500 habitants qui instruisent elles-mêmes leurs dossiers un "
        "appui de proximité et des modèles prêts à l’emploi.",
        "roche",
        "amrf",
        proposed_before=3,
    ),
    "scolaire": Group(
        "Pré-remplissage des inscriptions scolaires",
        "preremplissage",
        "Pré-remplir les demandes d’inscription scolaire et périscolaire avec les données que "
        "l’administration détient déjà, après accord de l’usager.",
        "castaing",
        "dinum",
        proposed_before=4,
    ),
    "justificatifs": Group(
        "Justificatifs demandés une seule fois",
        "preremplissage",
        "Supprimer la demande de justificatif de domicile dans dix démarches locales, en s’appuyant sur les "
        "interfaces de l’État.",
        "delorme",
        "anct",
        proposed_before=5,
    ),
    "ambassadeurs": Group(
        "Élus ambassadeurs du numérique",
        "sensibilisation",
        "Animer, dans chaque département, un réseau d’élus ambassadeurs formés par le parcours et "
        "disponibles pour leurs pairs.",
        "monnier",
        "amf",
        follows="parcours",
        proposed_before=6,
    ),
    "restauration": Group(
        "Tarification sociale de la restauration scolaire",
        "preremplissage",
        "Calculer le tarif de la restauration scolaire à partir du quotient familial transmis par "
        "l’administration, sans pièce à fournir.",
        "rey",
        "amif",
        proposed_before=5,
    ),
    "agents": Group(
        "Identité numérique des agents territoriaux",
        "preremplissage",
        "Étudier l’ouverture aux agents territoriaux d’un moyen d’identification commun pour les services "
        "en ligne de l’État.",
        "castaing",
        "dinum",
        proposed_before=8,
    ),
}

OBJECTIVES = {
    "parcours-pilote": Objective(
        "parcours",
        1,
        "Tester le parcours de formation dans six départements",
        "Six sessions tenues, questionnaire de satisfaction renseigné par la moitié des participants.",
        Score.REACHED,
        "Sept sessions ont été tenues dans six départements ; 212 élus ont été formés.",
        adopted_notes=(
            "Mme Monnier présente les départements volontaires. L’AMRF demande qu’au moins deux d’entre eux "
            "soient ruraux, ce qui est retenu. Le comité souhaite que le questionnaire soit identique "
            "partout, afin que les résultats puissent être comparés."
        ),
        scored_notes=(
            "Le bilan est remis en séance : sept sessions, 212 participants, 68 % de questionnaires "
            "renseignés. Les élus retiennent surtout les retours d’expérience de leurs pairs. Les "
            "coprésidents saluent le travail du groupe et constatent que l’objectif est atteint."
        ),
    ),
    "guichet-taux": Objective(
        "guichet",
        2,
        "Porter à 40 % la part des dossiers d’urbanisme déposés en ligne",
        "Part des dossiers déposés en ligne dans les communes accompagnées, relevée en fin de semestre.",
        Score.PARTLY,
        "La part relevée est de 34 % : la progression est réelle mais inégale selon les territoires.",
        FollowUp.RENEWED,
        adopted_notes=(
            "M. Sauvage rappelle le point de départ : 21 % des dossiers sont déposés en ligne dans les "
            "communes accompagnées. La FNCCR juge la cible ambitieuse ; l’AMF la soutient, à condition que "
            "les services instructeurs soient associés. L’objectif est adopté sans modification."
        ),
        scored_notes=(
            "La part des dépôts en ligne atteint 34 %. Les écarts tiennent à l’équipement des services "
            "instructeurs plus qu’à la réticence des pétitionnaires. Le comité préfère maintenir la cible "
            "plutôt que de l’abaisser et reconduit l’objectif au semestre suivant."
        ),
    ),
    "guichet-taux-2": Objective(
        "guichet",
        3,
        "Porter à 40 % la part des dossiers d’urbanisme déposés en ligne",
        "Part des dossiers déposés en ligne dans les communes accompagnées, relevée en fin de semestre.",
        Score.REACHED,
        "La part relevée en fin de semestre est de 43 %.",
        carried_from="guichet-taux",
        adopted_notes=(
            "L’objectif, reconduit lors de la séance qui l’a évalué, est confirmé. Le groupe concentrera son "
            "appui sur les vingt services instructeurs dont le taux reste inférieur à 15 %. L’ANCT met deux "
            "conseillers à sa disposition."
        ),
        scored_notes=(
            "La part des dépôts en ligne s’établit à 43 %. M. Sauvage attribue ce résultat à l’appui apporté "
            "aux vingt services les moins avancés. Le comité constate que l’objectif est atteint et demande "
            "que la méthode soit décrite dans une note de deux pages."
        ),
    ),
    "tableau-ouverture": Objective(
        "tableau",
        2,
        "Ouvrir au public le tableau de bord de cent collectivités",
        "Nombre de collectivités dont les données sont publiées et datées de moins de trois mois.",
        Score.NOT_REACHED,
        "Vingt-sept collectivités seulement publient des données à jour.",
        FollowUp.AMENDED,
        "Ouvrir au public le tableau de bord de quarante collectivités",
        adopted_notes=(
            "Mme Ferhat présente la maquette. Avicca s’interroge sur la charge de saisie pour les petites "
            "collectivités ; il est répondu que six champs seulement sont demandés. Le comité adopte "
            "l’objectif et demande un point d’étape à la séance suivante."
        ),
        scored_notes=(
            "Vingt-sept collectivités publient des données à jour. Le comité constate que la cible n’est pas "
            "atteinte et que la saisie, même réduite à six champs, reste un frein. Il ramène la cible à "
            "quarante collectivités et demande que la collecte soit automatisée."
        ),
    ),
    "tableau-ouverture-2": Objective(
        "tableau",
        3,
        "Ouvrir au public le tableau de bord de quarante collectivités",
        "Nombre de collectivités dont les données sont publiées et datées de moins de trois mois.",
        Score.ABANDONED,
        "La collecte automatique rend la cible sans objet : elle est abandonnée.",
        carried_from="tableau-ouverture",
        adopted_notes=(
            "Le nouvel énoncé est adopté. Villes Internet propose de solliciter d’abord les communes déjà "
            "engagées dans une démarche de données ouvertes ; la proposition est retenue."
        ),
        scored_notes=(
            "Mme Ferhat explique que la collecte automatique couvrira l’ensemble des collectivités "
            "raccordées, ce qui prive la cible de son sens. Après échange, le comité abandonne l’objectif et "
            "demande que le prochain porte sur la qualité des données."
        ),
    ),
    "logiciels-editeurs": Objective(
        "logiciels",
        3,
        "Raccorder six éditeurs de logiciels d’instruction",
        "Nombre d’éditeurs dont une version raccordée est en service dans une collectivité au moins.",
        Score.PARTLY,
        "Quatre éditeurs sont raccordés ; deux ont reporté leur version.",
        FollowUp.DROPPED,
        adopted_notes=(
            "Mme Belkacem dresse l’état du marché : onze éditeurs, dont six couvrent neuf communes sur dix. "
            "La FNCCR demande que les syndicats qui développent leur propre outil soient aussi "
            "accompagnés. L’objectif est adopté."
        ),
        scored_notes=(
            "Quatre éditeurs sont raccordés. Les deux autres annoncent une version au semestre suivant, sans "
            "engagement ferme. Le comité ne reconduit pas l’objectif : il préfère mesurer désormais le "
            "nombre de collectivités raccordées plutôt que le nombre d’éditeurs."
        ),
    ),
    "logiciels-communes": Objective(
        "logiciels",
        4,
        "Mettre en service le raccordement dans cent cinquante communes",
        "Communes dont un premier dossier a été transmis de bout en bout par leur logiciel.",
        Score.PARTLY,
        "Cent quatre communes sont en service ; trente autres attendent la levée d’un blocage commercial.",
        FollowUp.RENEWED,
        adopted_notes=(
            "Mme Belkacem propose de compter les communes plutôt que les éditeurs, conformément au souhait "
            "du comité. L’ANCT suggère de viser deux cents communes ; l’AMRF plaide pour une cible tenable. "
            "Le chiffre de cent cinquante est retenu."
        ),
    ),
    "guichet-delais": Objective(
        "guichet",
        4,
        "Réduire de dix jours le délai médian d’instruction des déclarations préalables",
        "Délai médian relevé dans les communes accompagnées, comparé à celui du semestre précédent.",
        adopted_notes=(
            "M. Sauvage indique que le dépôt en ligne ne suffit pas : les délais tiennent aux allers et "
            "retours sur les pièces manquantes. Le comité adopte un objectif de délai, plus parlant pour les "
            "habitants, et demande que la mesure soit faite sur les seules déclarations complètes."
        ),
    ),
    "ambassadeurs-reseau": Objective(
        "ambassadeurs",
        4,
        "Désigner un élu ambassadeur dans trente départements",
        "Départements dans lesquels un élu a accepté la mission et reçu la formation.",
        adopted_notes=(
            "Mme Monnier précise que les candidatures seront recueillies par les associations "
            "départementales de maires. Ville & Banlieue demande que les quartiers prioritaires soient "
            "représentés. L’objectif est adopté."
        ),
    ),
    "scolaire-pilotes": Objective(
        "scolaire",
        5,
        "Ouvrir le pré-remplissage des inscriptions scolaires dans vingt-cinq villes",
        "Villes dans lesquelles une famille peut inscrire son enfant sans fournir de justificatif.",
    ),
    "petites-modeles": Objective(
        "petites",
        5,
        "Diffuser les modèles de courriers à mille communes instructrices",
        "Nombre de communes ayant téléchargé les modèles et reçu un appel de suivi.",
    ),
}

REPORTS = {
    "tableau": (
        Said(
            OVERCAST,
            "Trente-huit collectivités publient leurs données ; la maquette a été revue avec six "
            "d’entre elles.",
            "Ouvrir la collecte automatique aux régions volontaires.",
        ),
        Said(
            CLOUD,
            "La collecte automatique a pris du retard : deux sources changent de format chaque trimestre.",
            "Convenir d’un format stable avec les régions concernées.",
            "Désigner un interlocuteur unique dans chaque région.",
        ),
        Said(
            OVERCAST,
            "Un format commun est convenu avec quatre régions sur cinq.",
            "Publier les données de la cinquième et rédiger la notice destinée aux élus.",
        ),
    ),
    "catalogue": (
        Said(
            SUN,
            "Soixante fiches de réutilisation sont publiées, dont douze depuis le dernier point.",
            "Faire relire les fiches par les collectivités qui ont réutilisé la solution.",
        ),
        Said(
            SUN,
            "Quatre-vingt-deux fiches sont publiées ; neuf réutilisations sont confirmées.",
            "Présenter le catalogue au salon des maires d’un département pilote.",
        ),
    ),
    "annuaire": (
        Said(
            CLOUD,
            "Trois cents référents sont recensés sur un millier attendu.",
            "Relancer les intercommunalités par les associations.",
        ),
        Said(
            STORM,
            "Un quart des fiches est déjà périmé ; les relances restent sans réponse.",
            "Proposer au comité une autre manière de faire.",
            "Maintenir l’annuaire ou y renoncer.",
        ),
    ),
    "parcours": (
        Said(
            OVERCAST,
            "Le contenu des trois demi-journées est stabilisé ; deux formateurs sont recrutés.",
            "Tenir les deux premières sessions.",
        ),
        Said(
            SUN,
            "Sept sessions ont été tenues ; les supports sont publiés sous licence ouverte.",
            "Remettre le parcours aux organismes de formation des élus.",
        ),
    ),
    "guichet": (
        Said(
            OVERCAST,
            "Vingt services instructeurs sont suivis chaque semaine.",
            "Comparer les délais avant et après l’accompagnement.",
        ),
        Said(
            SUN,
            "La part des dépôts en ligne dépasse 43 % ; la note de méthode est rédigée.",
            "Mesurer les délais d’instruction des déclarations préalables complètes.",
        ),
        Said(
            OVERCAST,
            "La mesure des délais est en place dans quarante communes.",
            "Étendre la liste de contrôle des pièces à l’ensemble des communes accompagnées.",
        ),
    ),
    "logiciels": (
        Said(
            OVERCAST,
            "Quatre éditeurs raccordés ; cinquante-deux communes transmettent leurs dossiers.",
            "Accompagner les collectivités équipées par les deux éditeurs suivants.",
        ),
        Said(
            CLOUD,
            "Quatre-vingt-six communes sont raccordées. Un éditeur facture le raccordement, ce qui bloque "
            "trente communes.",
            "Rencontrer l’éditeur avec l’ANCT.",
            "Fixer une position commune sur la facturation du raccordement.",
        ),
        Said(
            CLOUD,
            "Cent quatre communes sont raccordées. L’éditeur maintient sa facturation.",
            "Proposer au comité de recentrer la mission sur l’appui direct aux communes.",
            "Réorienter le groupe vers l’appui aux communes plutôt que vers les éditeurs.",
        ),
    ),
    "petites": (
        Said(
            SUN,
            "Les modèles de courriers sont testés dans trente communes.",
            "Ouvrir la permanence téléphonique du mardi.",
        ),
        Said(
            SUN,
            "La permanence téléphonique reçoit une vingtaine d’appels par semaine.",
            "Publier les réponses aux dix questions les plus fréquentes.",
        ),
    ),
    "scolaire": (
        Said(
            CLOUD,
            "Neuf villes participent à l’expérimentation ; l’habilitation juridique a été obtenue pour cinq.",
            "Déposer les quatre dernières demandes d’habilitation.",
        ),
        Said(
            OVERCAST,
            "Quatorze villes sont en service ; le parcours des familles a été simplifié de sept "
            "écrans à trois.",
            "Préparer l’ouverture à vingt-cinq villes.",
        ),
    ),
    "justificatifs": (
        Said(
            CLOUD,
            "L’interface nécessaire est ouverte en essai ; deux démarches sur dix sont instruites.",
            "Obtenir l’accès en production.",
        ),
        Said(
            STORM,
            "L’accès en production est suspendu dans l’attente d’un avis juridique.",
            "Recueillir l’avis et réexaminer le calendrier.",
            "Maintenir le calendrier initial ou le décaler de six mois.",
        ),
    ),
    "ambassadeurs": (
        Said(
            OVERCAST,
            "Onze départements ont désigné un élu ambassadeur.",
            "Tenir la première journée d’échanges.",
        ),
        Said(
            SUN,
            "Dix-neuf départements sont pourvus ; la première journée a réuni quarante-trois élus.",
            "Atteindre trente départements d’ici à la fin du semestre.",
        ),
    ),
    "restauration": (
        Said(
            OVERCAST,
            "Le cahier des charges est écrit avec trois communes ; le calcul du tarif est vérifié sur cent "
            "dossiers.",
            "Choisir la commune pilote.",
        ),
    ),
}
# how many days ago each group last reported; beyond a month the next report is due
LAST_REPORT = {
    "tableau": 8,
    "catalogue": 12,
    "guichet": 5,
    "logiciels": 34,
    "petites": 15,
    "scolaire": 9,
    "justificatifs": 20,
    "ambassadeurs": 41,
    "restauration": 18,
}
