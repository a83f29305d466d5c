"""Words of addresses in Spanish and Portuguese, with a few of Finnish, Swedish and English."""

# Written out so that a typo in a long word costs little; both languages share one form.
_WRITTEN_OUT = {
    "avenida": "av avda avd ave aven",
    "boulevard": "bvar bulevar blvd bv",
    "pasaje": "pje psje pasje",
    "callejon": "cjon",
    "ruta": "rta",
    "autopista": "autop",
    "proyectada": "proy",
    "diagonal": "diag",
    "travessa": "trav tv",
    "alameda": "al",
    "plaza": "pca pza plza praca",
    "largo": "lgo",
    "viaduto": "vd",
    "street": "st",
    "road": "rd",
    "general": "gral gnral gen grl",
    "mariscal": "mcal mrcal mscal marechal mal",
    "teniente": "tte tnte ten tenente",
    "capitan": "cap cptan capitao",
    "comandante": "cmdte cmte cte",
    "coronel": "cnel cnl cel",
    "mayor": "myr",
    "sargento": "sgto sgt",
    "cabo": "cbo",
    "soldado": "sdo",
    "almirante": "alte alm",
    "brigadier": "brig brigadeiro",
    "doctor": "dr dra doctora doutor doutora",
    "profesor": "prof profa profesora professor professora",
    "ingeniero": "ing eng engenheiro",
    "licenciado": "lic",
    "arquitecto": "arq",
    "abogado": "abg",
    "monsenor": "mons mns",
    "presbitero": "pbro",
    "padre": "pe",
    "hermano": "hno",
    "hermana": "hna",
    "fray": "fr frei",
    "santo": "sto",
    "santa": "sta",
    "nuestra": "ntra nra",
    "senora": "sra",
    "senor": "sr",
    "viuda": "vda",
    "visconde": "vde",
    "presidente": "pdte pte pres",
    "gobernador": "gdor gob gov governador",
    "intendente": "int",
    "ministro": "min",
    "senador": "sen",
    "diputado": "dep deputado",
    "embajador": "emb embaixador",
    "consejero": "cons conselheiro",
    "concejal": "cjal vereador ver",
    "republica": "rca rep rpca",
    "nacional": "nac",
    "fernando": "fdo",
    "francisco": "fco frco",
    "maria": "ma",
    "puerto": "pto",
    "barrio": "bo bro",
    "villa": "vla",
    "hospital": "hosp",
    "escuela": "esc",
    "colegio": "col",
    "comisaria": "cria",
    "universidad": "univ",
    "estacion": "est",
    "clinica": "clin",
}
ABBREVIATIONS = {short: word for word, shorts in _WRITTEN_OUT.items() for short in shorts.split()}
# Single letters mean a kind of street only where a name begins.
LEADING_ABBREVIATIONS = {"r": "rua", "c": "calle", "p": "plaza"}

# Not "dos": in Portuguese names it is the article.
_IN_DIGITS = (
    "uno primero primera|segundo segunda|tres tercero tercera|cuatro cuarto cuarta|"
    "cinco quinto quinta|seis sexto sexta|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|"
    "dieciseis|diecisiete|dieciocho|diecinueve|veinte|veintiuno|veintidos|veintitres|"
    "veinticuatro|veinticinco|veintiseis|veintisiete|veintiocho|veintinueve|treinta"
)
NUMBER_WORDS = {
    word: str(number)
    for number, words in enumerate(_IN_DIGITS.split("|"), start=1)
    for word in words.split()
}

STREET_TYPES = frozenset(
    [
        *("avenida", "calle", "callejon", "pasaje", "boulevard", "autopista", "diagonal"),
        *("rua", "alameda", "travessa", "viela", "ladeira", "rodovia", "estrada"),
        *("street", "road"),
    ]
)
TITLES = frozenset(
    [
        *("general", "mariscal", "teniente", "capitan", "comandante", "coronel", "mayor"),
        *("sargento", "cabo", "soldado", "almirante", "brigadier", "doctor", "profesor"),
        *("ingeniero", "licenciado", "arquitecto", "monsenor", "presbitero", "padre", "pai"),
        *("hermano", "hermana", "fray", "don", "dona", "presidente", "gobernador"),
        *("intendente", "ministro", "senador", "diputado", "embajador", "consejero"),
        *("concejal", "barao", "conde", "visconde", "duque", "marques"),
    ]
)
PARTICLES = frozenset(["de", "del", "la", "las", "los", "el", "da", "do", "das", "dos", "e", "y"])

# Tokens that stand between the parts of an address, in bare form.
NEAR_WORDS = frozenset(["casi", "cerca", "near", "lahella"])
CORNER_WORDS = frozenset(
    ["esquina", "esq", "con", "com", "y", "x", "ja", "och", "and", "at", "kulma", "e"]
)
BETWEEN_WORDS = frozenset(["entre", "ent", "between"])
AND_WORDS = frozenset(["y", "e", "and", "ja", "och"])
CROSSING_PREFIXES = frozenset(["interseccion", "cruce", "esquina", "esq", "cruzamento", "corner"])
NUMBER_MARKS = frozenset(["n", "nro", "no", "num", "numero", "nr"])
SECOND_WORDS = frozenset(["con", "calle", "de", "a"]) | NEAR_WORDS
