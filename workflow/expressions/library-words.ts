/** How a message begins that says that a map has not what it is asked for, or a value no members at all. */
export const LACKS_MEMBER = "There is no member";

/** What the CEL library says → what an author reads. It quotes with ' or ", and begins some in capitals. */
const WORDS: readonly (readonly [RegExp, string])[] = [
  [/^integer overflow(?:: \S+)?$/, "The result is larger or smaller than any int of 64 bits"],
  [/^double\(\) type error: cannot convert to double$/, "double() is given a text that is no number"],
  [
    /^bool\(\) conversion error: invalid string value "(.*)"$/s,
    'The text "$1" is neither "true" nor "false"',
  ],
  [/^Optional value is not present$/, "An optional has no value: say what stands for it with .orValue(…)"],
  [/^Ternary condition must be bool, got ['"](.*)['"]$/, 'The condition before "?" must be bool, is $1'],
  [
    /^Logical operator requires bool operands, got ['"](.*)['"]$/,
    "What stands beside && or || must be bool, is $1",
  ],
  [
    /^(\w+)\([\w, ]*\) (?:filter )?predicate must return bool, got ['"](.*)['"]$/,
    "The condition of $1() must be bool, is $2",
  ],
  [/^No such key: index out of bounds, index (-?\d+) .*$/s, "The list has no element $1, counted from 0"],
  [/^No such key: (.*)$/s, `${LACKS_MEMBER} "$1"`],
  [
    /^found no matching overload for ['"]list\.join\(.*$/s,
    "join() takes a list of strings, and this one holds something else. Leave out null, as in .filter(x, x != null), or write each as text, as in .map(x, string(x))",
  ],
  [
    /^found no matching overload for ['"](.*\bnull\b.*)['"]$/s,
    'Function does not take these arguments: "$1". Ask for null first: x == null ? … : …',
  ],
  [/^found no matching overload for ['"](.*)['"]$/s, 'Function does not take these arguments: "$1"'],
  [
    /^Expression of type ['"](.*)['"] cannot be range of a comprehension.*$/s,
    "A loop goes over a list or a map, not over $1",
  ],
  [/^Cannot index type ['"](.*)['"]$/, "A value of type $1 has no members"],
  [
    /^List index must be int, got ['"].*['"]$/,
    "A list has no members: an element is list[0], how many there are is size(list)",
  ],
  [
    /^Ternary branches must have the same type, got ['"](.*)['"] and ['"](.*)['"]$/,
    "Both cases of a choice must be of one type: they are $1 and $2",
  ],
  [/^has\(\) invalid argument$/, "has() takes a member of what is there, such as has(params.range.to)"],
];

/** The summary of an error of the library in words of ours, where they differ. */
export function inOurWords(summary: string): string {
  for (const [theirs, ours] of WORDS) if (theirs.test(summary)) return summary.replace(theirs, ours);
  return summary;
}
