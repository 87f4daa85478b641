/** A character that looks like another one, or like none. */
interface LookAlike {
  /** `U+043E CYRILLIC SMALL LETTER O`; without its name where we do not know it. */
  readonly name: string;
  /** What it looks like; empty where nothing is seen of it. */
  readonly ascii: string;
}

/** The text with ASCII in place of what only looks like it, such as a Cyrillic `a`, a full-width letter or an accented one. */
export function withoutLookAlikes(text: string): string {
  return isAscii(text) ? text : Array.from(text, asciiOf).join("");
}

/** Says of the first character that only looks like ASCII which one it is, as part of a sentence; null where there is none. */
export function describeLookAlike(text: string): string | null {
  if (isAscii(text)) return null;
  for (const character of text) {
    const found = lookAlike(character);
    if (found !== null) return `${found.name} is in it, which ${seenAs(found)}`;
  }
  return null;
}

/** The same of one character: `U+0430 CYRILLIC SMALL LETTER A, which only looks like "a"`. */
export function nameLookAlike(character: string): string | null {
  const found = lookAlike(character);
  return found === null ? null : `${found.name}, which ${seenAs(found)}`;
}

function seenAs({ ascii }: LookAlike): string {
  return ascii === "" ? "cannot be seen" : `only looks like ${ascii === '"' ? "a quote" : `"${ascii}"`}`;
}

function lookAlike(character: string): LookAlike | null {
  const ascii = asciiOf(character);
  if (ascii === character || !isAscii(ascii)) return null;
  const known = LOOK_ALIKES[character]?.[1];
  // An accent is seen; such a letter is another one, and passes for none.
  if (known === undefined && character.normalize("NFKC") === character) return null;
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  const name = known ?? fullWidthName(character, ascii);
  return { ascii, name: `U+${code}${name === "" ? "" : ` ${name}`}` };
}

function asciiOf(character: string): string {
  if (isAscii(character)) return character;
  const known = LOOK_ALIKES[character];
  if (known !== undefined) return known[0];
  const plain = character.normalize("NFKD").replace(/\p{M}/gu, "");
  return LOOK_ALIKES[plain]?.[0] ?? plain;
}

function fullWidthName(character: string, ascii: string): string {
  if (!/[\uff21-\uff3a\uff41-\uff5a]/.test(character)) return "";
  const size = ascii === ascii.toUpperCase() ? "CAPITAL" : "SMALL";
  return `FULLWIDTH LATIN ${size} LETTER ${ascii.toUpperCase()}`;
}

function isAscii(text: string): boolean {
  // Every character below U+0080 is one unit, so none of two is missed.
  for (let index = 0; index < text.length; index += 1) if (text.charCodeAt(index) > 0x7f) return false;
  return true;
}

/**
 * What Unicode's normal form (NFKD) does not know to look like ASCII, with the name that Unicode gives it. A part of the
 * table of confusables (https://www.unicode.org/Public/security/latest/confusables.txt): the letters of three scripts, quotes, dashes, and what is not seen.
 */
const LOOK_ALIKES: Readonly<Record<string, readonly [ascii: string, name: string]>> = {
  "\u0430": ["a", "CYRILLIC SMALL LETTER A"],
  "\u0441": ["c", "CYRILLIC SMALL LETTER ES"],
  "\u0435": ["e", "CYRILLIC SMALL LETTER IE"],
  "\u04bb": ["h", "CYRILLIC SMALL LETTER SHHA"],
  "\u0456": ["i", "CYRILLIC SMALL LETTER BYELORUSSIAN-UKRAINIAN I"],
  "\u0458": ["j", "CYRILLIC SMALL LETTER JE"],
  "\u04cf": ["l", "CYRILLIC SMALL LETTER PALOCHKA"],
  "\u043e": ["o", "CYRILLIC SMALL LETTER O"],
  "\u0440": ["p", "CYRILLIC SMALL LETTER ER"],
  "\u0455": ["s", "CYRILLIC SMALL LETTER DZE"],
  "\u0443": ["y", "CYRILLIC SMALL LETTER U"],
  "\u0445": ["x", "CYRILLIC SMALL LETTER HA"],
  "\u0501": ["d", "CYRILLIC SMALL LETTER KOMI DE"],
  "\u051b": ["q", "CYRILLIC SMALL LETTER QA"],
  "\u051d": ["w", "CYRILLIC SMALL LETTER WE"],
  "\u043a": ["k", "CYRILLIC SMALL LETTER KA"],
  "\u0410": ["A", "CYRILLIC CAPITAL LETTER A"],
  "\u0412": ["B", "CYRILLIC CAPITAL LETTER VE"],
  "\u0421": ["C", "CYRILLIC CAPITAL LETTER ES"],
  "\u0415": ["E", "CYRILLIC CAPITAL LETTER IE"],
  "\u041d": ["H", "CYRILLIC CAPITAL LETTER EN"],
  "\u0406": ["I", "CYRILLIC CAPITAL LETTER BYELORUSSIAN-UKRAINIAN I"],
  "\u0408": ["J", "CYRILLIC CAPITAL LETTER JE"],
  "\u041a": ["K", "CYRILLIC CAPITAL LETTER KA"],
  "\u041c": ["M", "CYRILLIC CAPITAL LETTER EM"],
  "\u041e": ["O", "CYRILLIC CAPITAL LETTER O"],
  "\u0420": ["P", "CYRILLIC CAPITAL LETTER ER"],
  "\u0405": ["S", "CYRILLIC CAPITAL LETTER DZE"],
  "\u0422": ["T", "CYRILLIC CAPITAL LETTER TE"],
  "\u0423": ["Y", "CYRILLIC CAPITAL LETTER U"],
  "\u0425": ["X", "CYRILLIC CAPITAL LETTER HA"],
  "\u03b1": ["a", "GREEK SMALL LETTER ALPHA"],
  "\u03b3": ["y", "GREEK SMALL LETTER GAMMA"],
  "\u03b9": ["i", "GREEK SMALL LETTER IOTA"],
  "\u03ba": ["k", "GREEK SMALL LETTER KAPPA"],
  "\u03bd": ["v", "GREEK SMALL LETTER NU"],
  "\u03bf": ["o", "GREEK SMALL LETTER OMICRON"],
  "\u03c1": ["p", "GREEK SMALL LETTER RHO"],
  "\u03c5": ["u", "GREEK SMALL LETTER UPSILON"],
  "\u03c7": ["x", "GREEK SMALL LETTER CHI"],
  "\u0391": ["A", "GREEK CAPITAL LETTER ALPHA"],
  "\u0392": ["B", "GREEK CAPITAL LETTER BETA"],
  "\u0395": ["E", "GREEK CAPITAL LETTER EPSILON"],
  "\u0396": ["Z", "GREEK CAPITAL LETTER ZETA"],
  "\u0397": ["H", "GREEK CAPITAL LETTER ETA"],
  "\u0399": ["I", "GREEK CAPITAL LETTER IOTA"],
  "\u039a": ["K", "GREEK CAPITAL LETTER KAPPA"],
  "\u039c": ["M", "GREEK CAPITAL LETTER MU"],
  "\u039d": ["N", "GREEK CAPITAL LETTER NU"],
  "\u039f": ["O", "GREEK CAPITAL LETTER OMICRON"],
  "\u03a1": ["P", "GREEK CAPITAL LETTER RHO"],
  "\u03a4": ["T", "GREEK CAPITAL LETTER TAU"],
  "\u03a5": ["Y", "GREEK CAPITAL LETTER UPSILON"],
  "\u03a7": ["X", "GREEK CAPITAL LETTER CHI"],
  "\u0131": ["i", "LATIN SMALL LETTER DOTLESS I"],
  "\u0251": ["a", "LATIN SMALL LETTER ALPHA"],
  "\u0261": ["g", "LATIN SMALL LETTER SCRIPT G"],
  "\u2018": ["'", "LEFT SINGLE QUOTATION MARK"],
  "\u2019": ["'", "RIGHT SINGLE QUOTATION MARK"],
  "\u201c": ['"', "LEFT DOUBLE QUOTATION MARK"],
  "\u201d": ['"', "RIGHT DOUBLE QUOTATION MARK"],
  "\u2010": ["-", "HYPHEN"],
  "\u2011": ["-", "NON-BREAKING HYPHEN"],
  "\u2012": ["-", "FIGURE DASH"],
  "\u2013": ["-", "EN DASH"],
  "\u2014": ["-", "EM DASH"],
  "\u2212": ["-", "MINUS SIGN"],
  "\u00ad": ["", "SOFT HYPHEN"],
  "\u200b": ["", "ZERO WIDTH SPACE"],
  "\u200c": ["", "ZERO WIDTH NON-JOINER"],
  "\u200d": ["", "ZERO WIDTH JOINER"],
  "\u200e": ["", "LEFT-TO-RIGHT MARK"],
  "\u200f": ["", "RIGHT-TO-LEFT MARK"],
  "\u2060": ["", "WORD JOINER"],
  "\ufeff": ["", "ZERO WIDTH NO-BREAK SPACE"],
};
