"""Words within names, Spanish and Portuguese: abbreviations, kinds of street, titles."""

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
    "plaza": "pca pza plza praca",
    "largo": "lgo",
    "viaduto": "vd",
    "street": "st",
    "road": "rd",
    "general": "gral gnral gen grl",
    "mariscal": "mcal mrcal mscal marechal mal",
    "teniente": "tte tnte ten tenente",
    "subteniente": "stte sbtte subtte",
    "alferez": "alfz",
    "capitan": "cap cptan cpitan capitao",
    "comandante": "cmdte cmdnte cmte cte cdte",
    "coronel": "cnel cnl crnel cel",
    "mayor": "myr",
    "sargento": "sgto sgt",
    "cabo": "cbo",
    "soldado": "sdo",
    "almirante": "alte alm",
    "brigadier": "brig brigadeiro",
    "doctor": "dr dra doctora doutor doutora drs",
    "profesor": "prof profa profesora professor professora",
    "ingeniero": "ing eng engenheiro",
    "licenciado": "lic",
    "arquitecto": "arq arqto",
    "abogado": "abg",
    "monsenor": "mons mns monsr",
    "presbitero": "pbro presb",
    "padre": "pe",
    "hermano": "hno",
    "hermana": "hna",
    "fray": "fr frei",
    "santo": "sto",
    "santa": "sta",
    "nuestra": "ntra nra nossa",
    "senora": "sra senhora",
    "senor": "sr senhor",
    "viuda": "vda",
    "visconde": "vde",
    "presidente": "pdte pte pres prdte",
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
    "fernando": "fdo fndo fdno",
    "francisco": "fco frco",
    "maria": "ma",
    "puerto": "pto",
    "barrio": "bo bro brio",
    "departamento": "dpto depto",
    "asentamiento": "asent",
    "compania": "cia",
    "batallon": "bat batn",
    "regimiento": "regto",
    "supermercado": "superm",
    "centro": "ctro",
    "acceso": "acc",
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
# These mean a kind of street only where a name begins.
LEADING_ABBREVIATIONS = {"r": "rua", "c": "calle", "p": "plaza", "al": "alameda"}

# Plurals are abbreviated by doubling their first letters: EE. UU.
DOUBLED = {"eeuu": "estados unidos", "ffaa": "fuerzas armadas"}

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
