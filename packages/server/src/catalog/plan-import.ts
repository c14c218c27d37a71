import {
  decodeId,
  duplicateIssue,
  type FieldPath,
  fieldIssue,
  limits,
  parseObject,
  shapes,
  type ValidationIssue,
} from "@stanchion/contract";
import {
  type ProductRow,
  priceIssues,
  type StockLevels,
  type VariantRow,
  type WishedProduct,
  type WishedVariant,
} from "./product.ts";
import { type ProductColumn, productColumns, type TableRow } from "./product-table.ts";

/** What there is of what a table names: its products, their variants, and whose each of its SKUs is. */
export interface Present {
  /** By their UUIDs. */
  readonly products: ReadonlyMap<string, ProductRow>;
  /** Of each product in their order, by its UUID. */
  readonly variants: ReadonlyMap<string, readonly VariantRow[]>;
  readonly levels: StockLevels;
  /** The UUID of the product that has the SKU, itself or by a variant. */
  readonly skus: ReadonlyMap<string, string>;
}

/** A product of which all is said that a table can say. */
export interface SettledProduct extends WishedProduct {
  readonly status: ProductRow["status"];
  readonly stock: number | null;
  readonly variants: readonly (WishedVariant & { readonly stock: number | null })[];
}

/** A product as the table wishes it, and what it is now; null: there is none yet. */
export interface PlannedProduct {
  readonly present: ProductRow | null;
  readonly wished: SettledProduct;
  readonly isChanged: boolean;
}

export interface ImportPlan {
  readonly products: readonly PlannedProduct[];
  readonly faults: readonly TableFault[];
}

/** What is wrong with one cell. */
export interface TableFault {
  readonly line: number;
  readonly issue: ValidationIssue;
}

/** Works out what a table comes to, and everything that is wrong with it in the order of its lines. */
export function planImport(rows: readonly TableRow[], present: Present): ImportPlan {
  const faults: Fault[] = [];
  const read = rows.flatMap((row, index) => readRow(row, index, faults));
  const groups = groupsOf(read, present, faults);
  const drafts = groups.map((group) => draftOf(group, present, faults));
  faults.push(...drafts.flatMap(pricesAtFault), ...skusAtFault(drafts, present));
  faults.push(...drafts.flatMap((draft) => stocksAtFault(draft, present)));
  return { products: drafts.map((draft) => plannedOf(draft, present)), faults: inOrder(faults, rows) };
}

/** The cells of a line that are as they should be. */
interface ReadRow {
  readonly index: number;
  readonly line: number;
  readonly cells: TableRow["cells"];
}

interface Fault {
  readonly index: number;
  readonly column: ProductColumn;
  readonly issue: ValidationIssue;
}

function fault(
  { index }: Pick<ReadRow, "index">,
  column: ProductColumn,
  issueAt: (field: FieldPath) => ValidationIssue,
): Fault {
  return { index, column, issue: issueAt(["rows", index, column]) };
}

const required =
  (expected = "string") =>
  (field: FieldPath) =>
    fieldIssue(field, "required", expected, "undefined");

/** Judges each cell by itself. A cell at fault is left out as if its column were not there; without a SKU, or an id, all of it is. */
function readRow({ line, cells }: TableRow, index: number, faults: Fault[]): ReadRow[] {
  const filled = Object.entries(cells).filter(([, cell]) => cell !== null);
  const parsed = parseObject(shapes.productTableRow, Object.fromEntries(filled));
  if (parsed.ok) return [{ index, line, cells }];
  const bad = new Set<unknown>();
  for (const issue of parsed.issues) {
    const column = issue.path[0]?.key as ProductColumn;
    bad.add(column);
    const path = [{ type: "object", key: "rows" }, { type: "array", key: index }, ...issue.path] as const;
    faults.push({ index, column, issue: { ...issue, path: [...path] } });
  }
  if (["sku", "product_id", "variant_id", "variant_sku"].some((column) => bad.has(column))) return [];
  const good = Object.entries(cells).filter(([column]) => !bad.has(column));
  return [{ index, line, cells: Object.fromEntries(good) }];
}

/** All lines of one product; the first says what the product is. */
interface Group {
  readonly id: string | null;
  readonly rows: readonly [ReadRow, ...ReadRow[]];
}

function groupsOf(rows: readonly ReadRow[], present: Present, faults: Fault[]): Group[] {
  const groups = new Map<string, [ReadRow, ...ReadRow[]]>();
  const ids = new Map<string, string | null>();
  for (const row of rows) {
    const { product_id: given, sku } = row.cells;
    const id = given ? (decodeId("product", given) ?? "") : ownerOf(sku ?? "", present);
    if (given && id !== null && !present.products.has(id)) {
      faults.push(fault(row, "product_id", (field) => fieldIssue(field, "reference", "product", given)));
      continue;
    }
    const key = id ?? `new ${sku}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [row]);
    else known.push(row);
    ids.set(key, id);
  }
  return [...groups].map(([key, found]) => ({ id: ids.get(key) ?? null, rows: found }));
}

/** The product whose own SKU this is, and no variant's. */
function ownerOf(sku: string, present: Present): string | null {
  const id = present.skus.get(sku);
  return id !== undefined && present.products.get(id)?.sku === sku ? id : null;
}

interface DraftVariant extends WishedVariant {
  /** The line that names it; null: none does, and it stays as it is. */
  readonly row: ReadRow | null;
}

interface Draft {
  readonly group: Group;
  readonly present: ProductRow | null;
  readonly wished: Omit<WishedProduct, "variants"> & {
    readonly status: ProductRow["status"];
    readonly variants: readonly DraftVariant[];
  };
}

function draftOf(group: Group, all: Present, faults: Fault[]): Draft {
  const present = group.id === null ? null : (all.products.get(group.id) ?? null);
  const [first, ...others] = group.rows;
  const { cells } = first;
  const name = needed(first, "name", present?.name, faults);
  for (const row of others) faults.push(...disagreements(row, first));
  const wished = {
    name,
    sku: cells.sku ?? "",
    price: cells.price === undefined ? (present?.price ?? null) : cells.price,
    currency: cells.currency === undefined ? (present?.currency ?? null) : cells.currency,
    stock: stockIn(cells.stock),
    status: ((cells.status === undefined ? present?.status : cells.status) ??
      "ACTIVE") as ProductRow["status"],
    variants: variantsOf(group, (group.id === null ? undefined : all.variants.get(group.id)) ?? [], faults),
  };
  return { group, present, wished };
}

const productOwn: readonly ProductColumn[] = ["sku", "name", "price", "currency", "stock", "status"];

/** Later lines of a product say the same of it as the first, or nothing. */
function disagreements(row: ReadRow, first: ReadRow): Fault[] {
  return productOwn.flatMap((column) => {
    const cell = row.cells[column];
    const said = first.cells[column];
    if (cell === undefined || cell === null || said === undefined || cell === said) return [];
    const expected =
      said === null ? `nothing, as in line ${first.line}` : `${said}, as in line ${first.line}`;
    return [fault(row, column, (field) => fieldIssue(field, "pattern", expected, cell))];
  });
}

/** What a cell says that must not be empty; where its column is not there, what is. */
function needed(row: ReadRow, column: ProductColumn, present: string | undefined, faults: Fault[]): string {
  const cell = row.cells[column];
  if (cell) return cell;
  // A cell at fault was told so already, and is not missing.
  const isAtFault =
    cell === undefined && faults.some((one) => one.index === row.index && one.column === column);
  if (!isAtFault && (cell === null || present === undefined)) faults.push(fault(row, column, required()));
  return present ?? "";
}

const variantOwn: readonly ProductColumn[] = [
  "variant_id",
  "variant_name",
  "variant_sku",
  "variant_price",
  "variant_stock",
];
const isOfVariant = ({ cells }: ReadRow): boolean => variantOwn.some((column) => Boolean(cells[column]));

/** The present variants in their order, as the lines change them, and the new ones behind them. */
function variantsOf(group: Group, present: readonly VariantRow[], faults: Fault[]): DraftVariant[] {
  const variants = new Map<string, DraftVariant>(
    present.map((one) => [one.id, { ...one, stock: undefined, row: null }]),
  );
  const bySku = new Map(present.map(({ id, sku }) => [sku, id]));
  const own = group.rows.filter((row) => !isOfVariant(row));
  for (const row of own.slice(1)) faults.push(fault(row, "sku", duplicateIssue));
  for (const row of group.rows.filter(isOfVariant)) {
    const { variant_id: given, variant_sku: givenSku, variant_price: price } = row.cells;
    const known = given ? (decodeId("variant", given) ?? "") : bySku.get(givenSku ?? "");
    const before = known === undefined ? undefined : variants.get(known);
    if (given && before === undefined) {
      faults.push(fault(row, "variant_id", (field) => fieldIssue(field, "reference", "variant", given)));
      continue;
    }
    if (before !== undefined && before.row !== null) {
      faults.push(fault(row, given ? "variant_id" : "variant_sku", duplicateIssue));
      continue;
    }
    const wished = {
      id: known ?? null,
      name: needed(row, "variant_name", before?.name, faults),
      sku: needed(row, "variant_sku", before?.sku, faults),
      price: price === undefined ? (before?.price ?? null) : price,
      stock: stockIn(row.cells.variant_stock),
      row,
    };
    variants.set(known ?? `new ${row.index}`, wished);
    if (variants.size === limits.variantsMax + 1) {
      const tooMany = (field: FieldPath) =>
        fieldIssue(field, "max_length", `${limits.variantsMax} items`, `${variants.size} items`);
      faults.push(fault(row, "variant_sku", tooMany));
    }
  }
  return [...variants.values()];
}

function pricesAtFault({ group, wished }: Draft): Fault[] {
  const [first] = group.rows;
  return priceIssues(wished).flatMap((issue): Fault[] => {
    const [{ key: field } = { key: "" }, { key: index } = { key: 0 }] = issue.path;
    const isVariants = field === "variants";
    const row = isVariants ? (wished.variants[Number(index)]?.row ?? first) : first;
    const column = isVariants ? "variant_price" : (field as ProductColumn);
    const at = fieldIssue(["rows", row.index, column], issue.type, issue.expected, issue.received);
    return [{ index: row.index, column, issue: at }];
  });
}

/** Undefined: it stays as it is. */
function stockIn(cell: string | null | undefined): number | null | undefined {
  return cell === undefined || cell === null ? cell : Number(cell);
}

/** Less than is held or sold already, or a stock of a product whose variants have theirs. */
function stocksAtFault({ group, present, wished }: Draft, { levels }: Present): Fault[] {
  const [first] = group.rows;
  const own = { id: group.id, stock: wished.stock, row: first, column: "stock" as const };
  const ofVariants = wished.variants.map(({ id, stock, row }) => ({
    id,
    stock,
    row: row ?? first,
    column: "variant_stock" as const,
  }));
  const faults = [own, ...ofVariants].flatMap(({ id, stock, row, column }): Fault[] => {
    const level = id === null ? undefined : levels.get(id);
    const taken = level === undefined ? 0 : level.reserved + level.sold;
    if (stock === undefined || stock === null || stock >= taken) return [];
    return [fault(row, column, (field) => fieldIssue(field, "min_value", `${taken}`, `${stock}`))];
  });
  const kept = present === null ? null : (levels.get(present.id)?.stock ?? null);
  const stays = wished.stock === undefined ? kept : wished.stock;
  if (wished.variants.length === 0 || stays === null) return faults;
  const expected = "null where there are variants";
  return [...faults, fault(first, "stock", (field) => fieldIssue(field, "enum", expected, `${stays}`))];
}

/** SKUs that stand twice in the table, or that what it does not name has. */
function skusAtFault(drafts: readonly Draft[], present: Present): Fault[] {
  const ours = new Set(drafts.map(({ group }) => group.id));
  // What stays as it is comes first: the line is to blame that takes its SKU.
  const seen = new Set(
    drafts.flatMap(({ wished }) => wished.variants.filter(({ row }) => row === null).map(({ sku }) => sku)),
  );
  const named = drafts.flatMap(({ group, wished }) => [
    { row: group.rows[0], column: "sku" as const, sku: wished.sku },
    ...wished.variants.map(({ row, sku }) => ({ row, column: "variant_sku" as const, sku })),
  ]);
  return named.flatMap(({ row, column, sku }) => {
    if (row === null || sku === "") return [];
    const owner = present.skus.get(sku);
    const isTaken = seen.has(sku) || (owner !== undefined && !ours.has(owner));
    seen.add(sku);
    return isTaken ? [fault(row, column, duplicateIssue)] : [];
  });
}

function plannedOf({ group, present, wished }: Draft, all: Present): PlannedProduct {
  const stockOf = (id: string | null): number | null =>
    (id === null ? undefined : all.levels.get(id)?.stock) ?? null;
  const settled = <Item extends { id: string | null; stock: number | null | undefined }>(item: Item) => ({
    ...item,
    stock: item.stock === undefined ? stockOf(item.id) : item.stock,
  });
  const variants = wished.variants.map(({ row: _, ...variant }) => settled(variant));
  const { stock } = settled({ id: group.id, stock: wished.stock });
  const product = { ...wished, stock, variants };
  if (present === null || group.id === null) return { present, wished: product, isChanged: true };
  const before = (all.variants.get(group.id) ?? []).map((one) => ({ ...one, stock: stockOf(one.id) }));
  const was = { ...present, stock: stockOf(present.id), variants: before };
  return { present, wished: product, isChanged: textOf(was) !== textOf(product) };
}

/** All that a table says of a product, to be compared. */
function textOf({ name, sku, price, currency, status, stock, variants }: SettledProduct): string {
  const ofVariants = variants.map((one) => [one.id, one.name, one.sku, one.price, one.stock]);
  return JSON.stringify([name, sku, price, currency, status, stock, ofVariants]);
}

function inOrder(faults: readonly Fault[], rows: readonly TableRow[]): TableFault[] {
  const placeOf = ({ index, column }: Fault): number =>
    index * productColumns.length + productColumns.indexOf(column);
  return [...faults]
    .sort((a, b) => placeOf(a) - placeOf(b))
    .map(({ index, issue }) => ({ line: rows[index]?.line ?? 0, issue }));
}
