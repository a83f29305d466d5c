"""Question protocols: what the call taker asks, what the answers change, and what to read out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

from dispatch.domain.labels import Labels
from dispatch.domain.rules.reading import Part, read, unique
from dispatch.domain.wire import JsonValue
from ops_center.kernel.errors import Invalid

KINDS: Final = ("yesno", "choice", "number", "text")
YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"
TESTS: Final = ("is", "in", "at_least", "below", "answered")
QUESTIONS_MAX: Final = 60
EFFECTS_MAX: Final = 12
CHOICES_MAX: Final = 30
NUMBER_MAX: Final = 1_000_000
TEXT_MAX: Final = 500
READ_OUT_MAX: Final = 2_000

Answer: TypeAlias = "str | int"
Answers: TypeAlias = Mapping[str, Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """True of the answer to `question`; never true while it is not answered."""

    question: str
    test: str
    value: tuple[Answer, ...] = ()

    def holds(self, answers: Answers) -> bool:
        answer = answers.get(self.question)
        if answer is None:
            return False
        match self.test:
            case "answered":
                return True
            case "at_least":
                return _number(answer) is not None and _whole(answer) >= _whole(self.value[0])
            case "below":
                return _number(answer) is not None and _whole(answer) < _whole(self.value[0])
            case _:
                return answer in self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an answer does when all of `when` hold; `why` is shown beside it.

    `raise_to` and `lower_to` name a priority, `flag` marks the call, `read_out` is read to the
    caller word by word, `propose_type` offers another incident type.
    """

    when: tuple[Condition, ...]
    why: Labels
    raise_to: int | None = None
    lower_to: int | None = None
    flag: str | None = None
    read_out: Labels | None = None
    propose_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    code: str
    labels: Labels


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Asked when all of `when` hold; `effects` are those of its own answer."""

    code: str
    kind: str
    text: Labels
    choices: tuple[Choice, ...] = ()
    when: tuple[Condition, ...] = ()
    effects: tuple[Effect, ...] = ()

    def accepts(self, answer: Answer) -> Answer:
        """Return the answer as it is kept, or Invalid saying what may be answered."""
        match self.kind:
            case "yesno":
                return _of(answer, (YES, NO, UNKNOWN), self.code)
            case "choice":
                return _of(answer, (*(one.code for one in self.choices), UNKNOWN), self.code)
            case "number":
                return answer if answer == UNKNOWN else _counted(answer, self.code)
            case _:
                return _words(answer, self.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """One effect that came about, and the answer it came from; for the screen and the record.

    `before` and `after` are priorities, the same where the effect is another than of priority.
    """

    question: str
    answer: Answer
    why: Labels
    before: int
    after: int
    flag: str | None = None
    read_out: Labels | None = None
    propose_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """The questions of one kind of call, in the order they are asked."""

    code: str
    labels: Labels
    questions: tuple[Question, ...]
    opening: Labels | None = None

    def question(self, code: str) -> Question:
        """Return the question of that code, or Invalid."""
        for one in self.questions:
            if one.code == code:
                return one
        raise Invalid(f"Protocol {self.code} asks no question {code!r}.", field="question")

    def next(self, answers: Answers) -> tuple[Question, ...]:
        """Return the questions that are still to be asked, as the answers stand, in order."""
        return tuple(
            one
            for one in self.questions
            if one.code not in answers and all(when.holds(answers) for when in one.when)
        )

    def is_done(self, answers: Answers) -> bool:
        return not self.next(answers)

    def priority(
        self, base: int, answers: Answers, *, floor: int | None = None
    ) -> tuple[int, tuple[Explained, ...]]:
        """Return the priority (1 to 4) that the answers amount to, and each effect in order.

        `floor` is the priority that a person set: what the answers say never falls below it.
        An effect that would change nothing is left out, unless it also does something else.
        """
        now = base if floor is None else min(base, floor)
        told: list[Explained] = []
        for question, effect in self._holding(answers):
            after = _moved(now, effect, floor)
            other = effect.flag or effect.read_out or effect.propose_type
            if after == now and not other:
                continue
            told.append(
                Explained(
                    question=question.code,
                    answer=answers[question.code],
                    why=effect.why,
                    before=now,
                    after=after,
                    flag=effect.flag,
                    read_out=effect.read_out,
                    propose_type=effect.propose_type,
                )
            )
            now = after
        return now, tuple(told)

    def effects(self, base: int, answers: Answers) -> tuple[Explained, ...]:
        """Return every effect of the answers, explained, in the order of the questions."""
        return self.priority(base, answers)[1]

    def _holding(self, answers: Answers) -> Iterator[tuple[Question, Effect]]:
        """Lowering comes first: whatever raises has the last word, in whatever order asked."""
        held = [
            (question, effect)
            for question in self.questions
            if question.code in answers
            for effect in question.effects
            if all(when.holds(answers) for when in effect.when)
        ]
        yield from (pair for pair in held if pair[1].lower_to is not None)
        yield from (pair for pair in held if pair[1].lower_to is None)


Protocols: TypeAlias = Mapping[str, Protocol]


def parse(document: JsonValue) -> Protocols:
    """Return the protocols of a document {protocols:[…]} by code, or raise RulesInvalid."""
    return read(document, _protocols)


def _protocols(part: Part) -> Protocols:
    part.only("protocols")
    rows = part["protocols"].each()
    unique(rows, "code", "protocol")
    return {one.code: one for one in map(_protocol, rows)}


def _protocol(part: Part) -> Protocol:
    part.only("code", "labels", "opening", "questions")
    rows = part["questions"].each(limit=QUESTIONS_MAX)
    if not rows:
        part["questions"].fault("holds no question: a protocol asks at least one")
    unique(rows, "code", "question")
    asked: dict[str, Question] = {}
    for row in rows:
        question = _question(row, asked)
        asked[question.code] = question
    return Protocol(
        code=part["code"].code(),
        labels=part["labels"].labels(),
        opening=part["opening"].optional(_read_out),
        questions=tuple(asked.values()),
    )


def _question(part: Part, before: Mapping[str, Question]) -> Question:
    part.only("code", "kind", "text", "choices", "when", "effects")
    kind = part["kind"].one_of(KINDS)
    choices = part["choices"].each(limit=CHOICES_MAX)
    unique(choices, "code", "choice")
    if kind == "choice" and len(choices) < 2:
        part["choices"].fault("needs two or more to choose from")
    if kind != "choice" and choices:
        part["choices"].fault("belongs to a question of kind choice only")
    bare = Question(
        code=part["code"].code(),
        kind=kind,
        text=part["text"].labels(),
        choices=tuple(_choice(one) for one in choices),
        when=_conditions(part["when"], before),
    )
    known = {**before, bare.code: bare}
    effects = part["effects"].each(limit=EFFECTS_MAX)
    return Question(
        code=bare.code,
        kind=kind,
        text=bare.text,
        choices=bare.choices,
        when=bare.when,
        effects=tuple(_effect(one, known, bare.code) for one in effects),
    )


def _choice(part: Part) -> Choice:
    part.only("code", "labels")
    return Choice(code=part["code"].code(), labels=part["labels"].labels())


def _effect(part: Part, known: Mapping[str, Question], own: str) -> Effect:
    part.only("when", "why", "raise_to", "lower_to", "flag", "read_out", "propose_type")
    doing = ("raise_to", "lower_to", "flag", "read_out", "propose_type")
    if not any(name in part.members() for name in doing):
        part.fault(f"does nothing: write one of {', '.join(doing)}")
    if {"raise_to", "lower_to"} <= set(part.members()):
        part.fault("raises and lowers at once: write two effects")
    when = _conditions(part["when"], known)
    if not any(one.question == own for one in when):
        part["when"].fault(f"must ask about the answer to {own!r} itself")
    return Effect(
        when=when,
        why=part["why"].labels(),
        raise_to=part["raise_to"].optional(_priority),
        lower_to=part["lower_to"].optional(_priority),
        flag=part["flag"].optional(Part.code),
        read_out=part["read_out"].optional(_read_out),
        propose_type=part["propose_type"].optional(Part.code),
    )


def _priority(part: Part) -> int:
    return part.whole(1, 4)


def _read_out(part: Part) -> Labels:
    part.only("es", "gn", "en")
    es, gn, en = (part[name].text(limit=READ_OUT_MAX) for name in ("es", "gn", "en"))
    return Labels(es=es, gn=gn, en=en)


def _conditions(part: Part, known: Mapping[str, Question]) -> tuple[Condition, ...]:
    """Read {question: answer or [answers] or {at_least: n}}: all of them must hold."""
    return tuple(_condition(one, name, known) for name, one in part.members().items())


def _condition(part: Part, name: str, known: Mapping[str, Question]) -> Condition:
    question = known.get(name)
    if question is None:
        part.fault("asks about a question that does not come before this one")
        return Condition(question=name, test="answered")
    if isinstance(part.value, Mapping):
        return _compared(part, question)
    values = part.value if isinstance(part.value, list) else [part.value]
    kept = tuple(_acceptable(part, question, one) for one in values)
    return Condition(question=name, test="in", value=kept)


def _compared(part: Part, question: Question) -> Condition:
    part.only("at_least", "below")
    if question.kind != "number" or len(part.members()) != 1:
        part.fault("compares one number (at_least or below) of a question of kind number")
        return Condition(question=question.code, test="answered")
    [(test, limit)] = part.members().items()
    value = limit.whole(0, NUMBER_MAX)
    known = test if test in TESTS else "answered"
    return Condition(question=question.code, test=known, value=(value,))


def _acceptable(part: Part, question: Question, value: JsonValue) -> Answer:
    """Read one answer. Unquoted yes and no are true and false in YAML: people mean the words."""
    if isinstance(value, bool):
        value = YES if value else NO
    if isinstance(value, str | int):
        try:
            return question.accepts(value)
        except Invalid as refusal:
            part.fault(refusal.detail)
            return UNKNOWN
    part.fault("must be an answer, a list of answers, or {at_least: number}")
    return UNKNOWN


def _moved(now: int, effect: Effect, floor: int | None) -> int:
    after = now
    if effect.raise_to is not None:
        after = min(now, effect.raise_to)
    elif effect.lower_to is not None:
        after = max(now, effect.lower_to)
    return after if floor is None else min(after, floor)


def _of(answer: Answer, allowed: tuple[str, ...], code: str) -> Answer:
    if answer in allowed:
        return answer
    raise Invalid(f"The answer to {code} is one of: {', '.join(allowed)}.", field="answer")


def _number(answer: Answer) -> int | None:
    return answer if isinstance(answer, int) and not isinstance(answer, bool) else None


def _whole(answer: Answer) -> int:
    assert isinstance(answer, int), "only numbers are compared"
    return answer


def _counted(answer: Answer, code: str) -> int:
    number = _number(answer)
    if number is None and isinstance(answer, str) and answer.isdecimal() and len(answer) < 8:
        number = int(answer)
    if number is None or not 0 <= number <= NUMBER_MAX:
        raise Invalid(
            f"The answer to {code} is a whole number up to {NUMBER_MAX}, or {UNKNOWN}.",
            field="answer",
        )
    return number


def _words(answer: Answer, code: str) -> str:
    text = str(answer).strip()
    if not 1 <= len(text) <= TEXT_MAX or any(ord(char) < 32 for char in text):
        raise Invalid(f"The answer to {code} is 1 to {TEXT_MAX} characters.", field="answer")
    return text
