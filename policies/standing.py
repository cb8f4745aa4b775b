"""What every answer may need and published policies seldom say: asked of each company until its policy.yaml says it.

``practice`` in policy.yaml (and ``backups``) settles a question. Source: rules 1.7.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal, get_args

from policies.parts import Text
from policies.promises import Answerer, OpenQuestion

Practice = Literal["response_time", "fee", "representatives", "deceased", "children", "portability_files"]
PRACTICES: tuple[Practice, ...] = get_args(Practice)


def _asked(name: str, answers: Answerer, question: Text, meanwhile: Text) -> tuple[str, OpenQuestion]:
    return name, OpenQuestion(id=name, question=question, meanwhile=meanwhile, answers=answers)


STANDING: Mapping[str, OpenQuestion] = MappingProxyType(dict((
    _asked(
        "response_time", "customer_service",
        Text(da="Hvor hurtigt lover I at svare på en anmodning? Politikken siger det ikke.",
             sv="Hur snabbt lovar ni att svara på en begäran? Policyn säger inget om det.",
             nb="Hvor raskt lover dere å svare på en forespørsel? Personvernerklæringen sier ikke noe om det.",
             en="How fast do you promise to answer a request? The policy does not say."),
        Text(da="Vi følger loven, altså uden unødig forsinkelse og senest én måned efter modtagelsen.",
             sv="Vi följer lagen, alltså utan onödigt dröjsmål och senast en månad efter att begäran kom in.",
             nb="Vi følger loven, altså uten unødig opphold og senest én måned etter mottak.",
             en="We follow the law: without undue delay and within one month of receipt (Art. 12(3))."),
    ),
    _asked(
        "fee", "legal",
        Text(da="Tager I noget tilfælde betaling for at svare? Politikken siger det ikke.",
             sv="Tar ni i något fall betalt för att svara? Policyn säger inget om det.",
             nb="Tar dere i noe tilfelle betalt for å svare? Personvernerklæringen sier ikke noe om det.",
             en="Do you charge for an answer in any case? The policy does not say."),
        Text(da="Svaret er gratis (artikel 12, stk. 5).", sv="Svaret är gratis (artikel 12.5).",
             nb="Svaret er gratis (artikkel 12 nr. 5).", en="The answer is free of charge (Art. 12(5))."),
    ),
    _asked(
        "representatives", "legal",
        Text(da="Hvilken dokumentation vil I se, når en anden skriver på personens vegne?",
             sv="Vilket underlag vill ni se när någon annan skriver för personens räkning?",
             nb="Hvilken dokumentasjon vil dere se når en annen skriver på personens vegne?",
             en="What proof do you want when somebody writes on behalf of the person?"),
        Text(da="En medarbejder ser fuldmagten, og svaret går til personen selv, hvis der er tvivl.",
             sv="En handläggare granskar fullmakten, och vid tvivel går svaret till personen själv.",
             nb="En saksbehandler ser på fullmakten, og svaret går til personen selv hvis det er tvil.",
             en="A caseworker looks at the authority, and in doubt the answer goes to the person."),
    ),
    _asked(
        "deceased", "legal",
        Text(da="Hvordan svarer I, når en pårørende spørger til en afdød kundes oplysninger?",
             sv="Hur svarar ni när en anhörig frågar om en avliden kunds uppgifter?",
             nb="Hvordan svarer dere når en pårørende spør om opplysningene til en avdød kunde?",
             en="How do you answer a relative who asks about the data of a customer who has died?"),
        Text(da="En medarbejder afgør det. Intet udleveres af sig selv.",
             sv="En handläggare avgör det. Inget lämnas ut automatiskt.",
             nb="En saksbehandler avgjør det. Ingenting utleveres av seg selv.",
             en="A caseworker decides. Nothing is handed out by itself."),
    ),
    _asked(
        "children", "customer_service",
        Text(da="Har I kunder under 18 år, og hvem må spørge på deres vegne?",
             sv="Har ni kunder under 18 år, och vem får fråga för deras räkning?",
             nb="Har dere kunder under 18 år, og hvem kan spørre på deres vegne?",
             en="Do you have customers under 18, and who may ask on their behalf?"),
        Text(da="En forælder behandles som en repræsentant, og en medarbejder ser på sagen.",
             sv="En förälder behandlas som ett ombud, och en handläggare granskar ärendet.",
             nb="En forelder behandles som en representant, og en saksbehandler ser på saken.",
             en="A parent is treated as a representative, and a caseworker looks at the case."),
    ),
    _asked(
        "portability_files", "it",
        Text(da="I hvilket format vil I udlevere oplysninger, som personen tager med sig?",
             sv="I vilket format vill ni lämna ut uppgifter som personen tar med sig?",
             nb="I hvilket format vil dere utlevere opplysninger som personen tar med seg?",
             en="In which format do you hand over data that a person takes along?"),
        Text(da="Som JSON og CSV, der kan læses af et program (artikel 20, stk. 1).",
             sv="Som JSON och CSV, som kan läsas av ett program (artikel 20.1).",
             nb="Som JSON og CSV, som kan leses av et program (artikkel 20 nr. 1).",
             en="As JSON and CSV, which a program can read (Art. 20(1))."),
    ),
    _asked(
        "backups", "it",
        Text(da="Hvor længe findes slettede oplysninger endnu i jeres sikkerhedskopier, og hvem gendanner dem?",
             sv="Hur länge finns raderade uppgifter kvar i era säkerhetskopior, och vem återställer dem?",
             nb="Hvor lenge finnes slettede opplysninger i sikkerhetskopiene deres, og hvem gjenoppretter dem?",
             en="How long does erased data still exist in your backups, and who restores them?"),
        Text(da="Personen får ingen frist for kopierne. Efter en gendannelse skal sletningerne gentages.",
             sv="Personen får ingen tid för kopiorna. Efter en återställning måste raderingarna göras om.",
             nb="Personen får ingen frist for kopiene. Etter en gjenoppretting må slettingene gjentas.",
             en="The person is given no date for the copies. After a restore the erasures must be repeated."),
    ),
)))
"""Question by the name that settles it."""
