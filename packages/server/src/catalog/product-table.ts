import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fieldIssue, fieldNamesOf, limits, shapes, type ValidationIssue } from "@stanchion/contract";
import { CsvError, type Parser, parse } from "csv-parse";
import { stringify } from "csv-stringify/sync";
import { guardedCell, unguardedCell } from "../platform/csv-cells.ts";
import { apiError, validationError } from "../platform/errors/index.ts";
import { type ProductRow, productOf, type StockLevels, type VariantRow } from "./product.ts";

/** The columns of the table, in their order. */
export type ProductColumn = keyof typeof shapes.productTableRow.entries;
export const productColumns = fieldNamesOf(shapes.productTableRow) as readonly ProductColumn[];

/** A line of the table as it was sent. A cell that is empty is null; one whose column is not there is missing. */
export interface TableRow {
  /** Where it stands in the text, from 1; a cell may go over several lines. */
  readonly line: number;
  readonly cells: Readonly<Partial<Record<ProductColumn, string | null>>>;
}

/** The lines of products and their variants, without the head. */
export function tableTextOf(
  products: readonly { row: ProductRow; variants: readonly VariantRow[] }[],
  levels: StockLevels,
): string {
  return written(products.flatMap(({ row, variants }) => linesOf(row, variants, levels)));
}

export const tableHead = written([[...productColumns]]);

type Cells = Readonly<Partial<Record<ProductColumn, string | null>>>;

function linesOf(row: ProductRow, variants: readonly VariantRow[], levels: StockLevels): (string | null)[][] {
  const {
    id,
    name,
    sku,
    price,
    currency,
    status,
    variants: shown,
    ...own
  } = productOf(row, variants, levels);
  const product: Cells = { product_id: id, name, sku, price, currency, stock: digitsOf(own.stock), status };
  const ofVariants = shown.map(
    (one): Cells => ({
      ...product,
      variant_id: one.id,
      variant_name: one.name,
      variant_sku: one.sku,
      variant_price: one.price,
      variant_stock: digitsOf(one.stock),
    }),
  );
  const lines = ofVariants.length === 0 ? [product] : ofVariants;
  return lines.map((cells) => productColumns.map((column) => cells[column] ?? null));
}

function digitsOf(stock: number | null): string | null {
  return stock === null ? null : String(stock);
}

function written(lines: readonly (readonly (string | null)[])[]): string {
  return stringify(
    lines.map((cells) => cells.map((cell) => (cell === null ? null : guardedCell(cell)))),
    // Of line breaks the library quotes only those that end its records.
    { record_delimiter: "windows", quoted_match: /[\r\n]/ },
  );
}

const rowsAtOnce = 500;
const pieceBytes = 65_536;

/**
 * Reads a table, separated by commas, semicolons or tabs as its head is. Throws INVALID_CSV where it cannot be taken apart,
 * UNKNOWN_FIELD for columns that there are not, and VALIDATION_ERROR without a SKU's column or with too many lines.
 */
export async function readTable(text: string): Promise<TableRow[]> {
  const [head, ...lines] = await takenApart(text);
  const columns = columnsOf(head?.cells ?? []);
  const rows: TableRow[] = [];
  for (const [index, { line, cells }] of lines.entries()) {
    // The line of fans is not to wait for a long table.
    if (index % rowsAtOnce === 0) await nextTurn();
    if (cells.every((cell) => cell === "")) continue;
    const named = columns.map((column, at) => [column, unguardedCell(cells[at] ?? "") || null] as const);
    rows.push({ line, cells: Object.fromEntries(named) });
  }
  const { productTableRowsMax } = limits;
  if (rows.length > productTableRowsMax)
    throw validationError([
      fieldIssue("rows", "max_length", `${productTableRowsMax} items`, `${rows.length} items`),
    ]);
  return rows;
}

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

async function takenApart(text: string): Promise<Line[]> {
  const parser = parse({
    delimiter: delimiterOf(text),
    record_delimiter: ["\r\n", "\n", "\r"],
    info: true,
    skip_empty_lines: true,
    max_record_size: limits.bodyBytesMax,
  });
  const lines: Line[] = [];
  // The library tells where a record ends, and counts a CRLF inside of a cell twice.
  let overcounted = 0;
  // What ends the reading below ends the feeding too.
  const fed = feed(parser, text).catch(() => {});
  try {
    for await (const { info, record } of parser as AsyncIterable<{
      info: { lines: number };
      record: string[];
    }>) {
      const breaks = record.join("").match(/[\r\n]/g)?.length ?? 0;
      lines.push({ line: info.lines - breaks - overcounted, cells: record });
      overcounted += breaks === 0 ? 0 : (record.join("").match(/\r\n/g)?.length ?? 0);
    }
    await fed;
    return lines;
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const { lines: line } = cause as unknown as { lines?: number };
    throw apiError("INVALID_CSV", {
      cause,
      details: { line: line ?? 1, reason: reasons[cause.code] ?? "A quote or a line is not as CSV has it." },
    });
  }
}

/** Piece by piece, a turn of the event loop each. */
async function feed(parser: Parser, text: string): Promise<void> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    if (!parser.write(bytes.subarray(from, from + pieceBytes))) await once(parser, "drain");
    await nextTurn();
  }
  parser.end();
}

const reasons: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: "A quote is opened and never closed.",
  INVALID_OPENING_QUOTE: "A quote stands inside a cell that does not begin with one.",
  CSV_INVALID_CLOSING_QUOTE: "Something stands between a closing quote and the end of its cell.",
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: "The line has more or fewer cells than the first.",
  CSV_MAX_RECORD_SIZE: "The line is too long.",
};

/** No column has any of these in its name, so the first of them in the head is what separates. */
function delimiterOf(text: string): string {
  return /[,;\t]/.exec(text.slice(0, text.search(/\r|\n|$/)))?.[0] ?? ",";
}

function columnsOf(head: readonly string[]): ProductColumn[] {
  const names = head.map((name) => name.trim().toLowerCase());
  const unknown = names.filter((name) => !productColumns.some((column) => column === name));
  if (unknown.length > 0) {
    const issues = unknown.map(
      (name): ValidationIssue => fieldIssue(name, "unknown_field", "no such field", "string"),
    );
    throw apiError("UNKNOWN_FIELD", {
      issues: issues.slice(0, limits.issuesMax),
      details: { known: productColumns },
    });
  }
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined)
    throw apiError("INVALID_CSV", {
      details: { line: 1, reason: `The column ${twice} stands there twice.` },
    });
  if (!names.includes("sku")) throw validationError([fieldIssue("sku", "required", "string", "undefined")]);
  return names as ProductColumn[];
}
