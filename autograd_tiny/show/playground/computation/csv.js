/**
 * Samples from text: two columns of numbers and a label, in lines, as a spreadsheet saves them.
 */
import { MOST_CLASSES } from "./settings.js";

export const MOST_ROWS = 10_000;
export const MOST_BYTES = 2_000_000;
const LONGEST = 24; // characters of a text that a message repeats
const DECIMAL_COMMA = /^([+-]?\d*),(\d+([eE][+-]?\d+)?)$/;

/** A text that holds no samples; the message says where, and what is expected. */
export class DataError extends Error {
  constructor(message) {
    super(message);
    this.name = "DataError";
  }
}

/**
 * The samples in a text: x1, x2, label.
 *
 * Columns are separated by commas, semicolons or tabs; without commas between them, numbers may be written with a
 * decimal comma. The first line may be a heading. Labels are classes, unless they
 * are numbers that are too many for classes, or not whole: then they are what the network has to predict. The two
 * columns are scaled to a mean of 0 and a standard deviation of 1.
 *
 * @param {string} text
 * @returns {{points: Point[], classes: string[], columns: {name: string, mean: number, deviation: number}[]}} classes:
 *   their names, in order; none for numbers
 */
export function samplesIn(text) {
  if (text.length > MOST_BYTES)
    throw new DataError(
      `the text has ${millions(text.length)} million characters: 2 million fit into the page, so take a part of it`,
    );
  const lines = linesOf(text.replace(/^\uFEFF/, ""));
  if (lines.length === 0) throw new DataError("there are no samples: lines such as 0.5, -1.2, red are expected");
  const separator = [";", "\t", ","].find((each) => lines[0].text.includes(each)) ?? ",";
  const written = (cell) => (separator === "," ? cell : cell.replace(DECIMAL_COMMA, "$1.$2"));
  const rows = lines.map(({ text: line, number }) => ({ number, cells: cellsOf(line, separator).map(written) }));
  const names = isHeading(rows[0].cells) ? rows.shift().cells : ["x1", "x2", "label"];
  if (rows.length === 0) throw new DataError("there is a heading, but no line of numbers below it");
  const numbers = rows.map(numbersOf);
  const { targets, classes } = targetsOf(
    rows.map(({ cells }) => cells[2]),
    rows,
  );
  const columns = [0, 1].map((k) =>
    scaleOf(
      numbers.map((each) => each[k]),
      names[k],
      rows,
    ),
  );
  const points = numbers.map((pair, i) => {
    const [a, b] = pair.map((x, k) => (x - columns[k].mean) / columns[k].deviation);
    return [a, b, targets[i]];
  });
  return { points, classes, columns };
}

/** The lines that are not empty, with their numbers from 1. */
function linesOf(text) {
  const lines = [];
  let number = 0;
  for (const line of text.split(/\r\n|\n|\r/)) {
    number += 1;
    if (line.trim() !== "") lines.push({ text: line, number });
    if (lines.length > MOST_ROWS + 1) {
      throw new DataError(
        `there are more than ${MOST_ROWS.toLocaleString("en")} lines, and the page takes no more: take a part of them`,
      );
    }
  }
  return lines;
}

/** The cells of a line; those in quotes may hold the separator. */
function cellsOf(line, separator) {
  const cells = [];
  let rest = line;
  for (;;) {
    const quotedCell = /^ *"((?:[^"]|"")*)" */.exec(rest);
    if (quotedCell !== null && (rest.length === quotedCell[0].length || rest[quotedCell[0].length] === separator)) {
      cells.push(quotedCell[1].replaceAll('""', '"').trim());
      rest = rest.slice(quotedCell[0].length);
    } else {
      const end = rest.indexOf(separator);
      cells.push((end < 0 ? rest : rest.slice(0, end)).trim());
      rest = end < 0 ? "" : rest.slice(end);
    }
    if (rest === "") return cells;
    rest = rest.slice(1);
  }
}

function isHeading(cells) {
  const isName = (cell) => Number.isNaN(numberIn(cell)) && !/^[+-]?[\d.,]*\d[\d.,]*$/.test(cell);
  return cells.length >= 2 && isName(cells[0]) && isName(cells[1]) && cells[0] !== "";
}

/** nan for a text that is no finite number. */
function numberIn(cell) {
  const found = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(cell) ? Number(cell) : NaN;
  return Number.isFinite(found) ? found : NaN;
}

function numbersOf({ cells, number }) {
  if (cells.length !== 3) {
    throw new DataError(
      `line ${number} has ${cells.length} ${cells.length === 1 ? "column" : "columns"}: ` +
        "three are expected, two numbers and a label",
    );
  }
  return [0, 1].map((k) => {
    const found = numberIn(cells[k]);
    if (!Number.isNaN(found)) return found;
    const what = cells[k] === "" ? "is empty" : `is ${shown(cells[k])}`;
    if (DECIMAL_COMMA.test(cells[k])) {
      const point = cells[k].replace(DECIMAL_COMMA, "$1.$2");
      throw new DataError(`line ${number}, column ${k + 1} ${what}: write ${point}, or separate columns by semicolons`);
    }
    throw new DataError(`line ${number}, column ${k + 1} ${what}: a number is expected; leave out lines that lack one`);
  });
}

/** The target of each sample, and the names of the classes; none where the targets are numbers. */
function targetsOf(labels, rows) {
  const empty = labels.indexOf("");
  if (empty >= 0)
    throw new DataError(`line ${rows[empty].number} has no label in column 3; leave out lines that lack one`);
  const numbers = labels.map(numberIn);
  const areNumbers = numbers.every((x) => !Number.isNaN(x));
  const found = [...new Set(areNumbers ? numbers : labels)];
  if (found.length === 1) {
    throw new DataError(
      `all labels are ${shown(labels[0])}: two classes at least are expected, or numbers that differ`,
    );
  }
  if (areNumbers && (found.length > MOST_CLASSES || !found.every(Number.isInteger)))
    return { targets: numbers, classes: [] };
  if (found.length > MOST_CLASSES) {
    throw new DataError(
      `there are ${found.length} different labels, such as ${shown(String(found[0]))}: ` +
        `${MOST_CLASSES} classes at most are expected`,
    );
  }
  found.sort(areNumbers ? (a, b) => a - b : undefined);
  const places = new Map(found.map((label, k) => [label, k]));
  return { targets: (areNumbers ? numbers : labels).map((label) => places.get(label)), classes: found.map(String) };
}

function scaleOf(numbers, name, rows) {
  const mean = numbers.reduce((sum, x) => sum + x / numbers.length, 0);
  const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2 / numbers.length, 0));
  if (deviation === 0 || !Number.isFinite(deviation)) {
    const reason =
      deviation === 0 ? `is ${numbers[0]} in all ${rows.length} samples` : "has numbers that are too large";
    throw new DataError(`the column ${shown(name)} ${reason}: it can't be scaled`);
  }
  return { name, mean, deviation };
}

function shown(text) {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}\u2026` : text);
}

function millions(count) {
  return (count / 1e6).toFixed(1);
}
