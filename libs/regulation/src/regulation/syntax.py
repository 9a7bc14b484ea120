"""What YAML's parser stumbles over, in words of people who do not know parsers."""

from regulation.term import Title

NOT_YAML = Title(ru="это не YAML: ", en="this is not YAML: ")
NOT_TEXT = Title(
    ru="это не YAML: сохраните файл как текст в кодировке UTF-8", en="this is not YAML: save it as text in UTF-8"
)
NOT_CLOSED = Title(
    ru="скобка или кавычка не закрыта, или нет запятой; проверьте эту строку и строки выше",
    en="a bracket or quote is not closed, or a comma is missing; look at this line and those above",
)
INDENT = Title(
    ru="отступ не такой, как у соседних строк; начните ключи одного уровня с одной колонки",
    en="the indentation differs from the neighbouring lines; begin keys of one level in one column",
)
ADVICE = (
    ("tab character", Title(ru="вместо табуляции ставьте пробелы", en="use spaces instead of tabs")),
    ("',' or", NOT_CLOSED),
    ("end of stream", NOT_CLOSED),
    ("unexpected document indicator", NOT_CLOSED),
    (
        "mapping values are not allowed",
        Title(
            ru="лишнее двоеточие: возьмите текст в кавычки или исправьте отступ",
            en="one colon too many: put the text into quotes, or correct the indentation",
        ),
    ),
    (
        "expected ':'",
        Title(ru="после ключа нужны двоеточие и пробел", en="a key needs a colon and a space after it"),
    ),
    ("expected key", INDENT),
    ("'-' indicator", INDENT),
    ("<document start>", INDENT),
    ("<block end>", INDENT),
    (
        "cannot start any token",
        Title(
            ru="возьмите текст в кавычки: он начинается с особого знака",
            en="put the text into quotes: it begins with a sign",
        ),
    ),
    (
        "another document",
        Title(ru="в файле должен быть один документ: уберите ---", en="leave out ---: one document a file"),
    ),
)


def syntax_advice(problem: str) -> Title:
    """What to correct; the parser's own words where none of ours fit."""
    advice = next((advice for part, advice in ADVICE if part in problem), Title(ru=problem, en=problem))
    return Title(ru=NOT_YAML.ru + advice.ru, en=NOT_YAML.en + advice.en)
