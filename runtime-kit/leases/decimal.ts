/**
 * Money: decimals of any size, exact. §9.6, BUD-08
 *
 * A decimal is a text, so that a counter is plain JSON. In between it is a whole number of the smallest unit that
 * either side has.
 */

/** A decimal in its one form: no exponent, no `+`, no zero that says nothing, and `0` without a sign. */
export type Decimal = string & { readonly __decimal: true };

const TEXT = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/;

/**
 * The decimal that a text says, as amounts and the numbers of JavaScript are written. Of a number it is the value
 * that stands in its JSON, not the binary fraction next to it. Nothing for a text that says none.
 */
export function decimal(text: string): Decimal | undefined {
  const [, sign, whole, fraction = "", exponent = "0"] = TEXT.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const scale = fraction.length - Number(exponent);
  const units = BigInt(`${sign}${whole}${fraction}`);
  return scale < 0 ? written(units * 10n ** BigInt(-scale), 0) : written(units, scale);
}

/** `one + other`. */
export function sum(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(scaleOf(one), scaleOf(other));
  return written(unitsOf(one, scale) + unitsOf(other, scale), scale);
}

/** `one - other`. */
export function difference(one: Decimal, other: Decimal): Decimal {
  const scale = Math.max(scaleOf(one), scaleOf(other));
  return written(unitsOf(one, scale) - unitsOf(other, scale), scale);
}

/** Whether it is more than zero. */
export function isPositive(value: Decimal): boolean {
  return value !== "0" && !value.startsWith("-");
}

/** The nearest number, for the wire; one that no number reaches is the largest there is. */
export function numberOf(value: Decimal): number {
  return Math.min(Math.max(Number(value), -Number.MAX_VALUE), Number.MAX_VALUE);
}

function scaleOf(value: Decimal): number {
  const point = value.indexOf(".");
  return point === -1 ? 0 : value.length - point - 1;
}

function unitsOf(value: Decimal, scale: number): bigint {
  const missing = scale - scaleOf(value);
  return BigInt(value.replace(".", "") + "0".repeat(missing));
}

function written(units: bigint, scale: number): Decimal {
  const sign = units < 0n ? "-" : "";
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  return `${sign}${whole}${fraction === "" ? "" : `.${fraction}`}` as Decimal;
}
