/**
 * Sentences with numbers in them, as str.format of Python writes them: "{x:.2g}", "{share:.0%}", "{name}".
 */

/** A text with values in the place of their names. */
export function formatted(text, values) {
  return text.replaceAll(/\{(\w+)(?::\.(\d+)([g%]))?\}/g, (found, name, digits, kind) => {
    const value = values[name];
    if (kind === "%") return `${(100 * value).toFixed(Number(digits))}%`;
    return kind === "g" ? general(value, Number(digits)) : String(value);
  });
}

/** A whole number with commas between thousands. */
export function grouped(n) {
  return n.toLocaleString("en");
}

/** The first names, and how many more there are. */
export function listed(names, most = 4) {
  const more = names.length > most ? ` and ${names.length - most} more` : "";
  return `${names.slice(0, most).join(", ")}${more}`;
}

/** The format "g". */
function general(x, digits) {
  const [mantissa, exponent] = x.toExponential(digits - 1).split("e");
  const power = Number(exponent);
  const short = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
  if (power >= -4 && power < digits) return short(x.toFixed(digits - 1 - power));
  return `${short(mantissa)}e${power < 0 ? "-" : "+"}${String(Math.abs(power)).padStart(2, "0")}`;
}
