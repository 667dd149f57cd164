import type { InputSchema } from "../../runtime/define.js";

/** What a built-in agent says of an input that it does not take. */
export class InputFault extends Error {}

/** A schema from a function that gives the input, or throws an `InputFault` that says what is wrong. */
export function inputSchema<Input>(read: (value: unknown) => Input): InputSchema<Input> {
  return {
    "~standard": {
      version: 1,
      vendor: "arcp",
      validate(value) {
        try {
          return { value: read(value) };
        } catch (error) {
          if (error instanceof InputFault) return { issues: [{ message: error.message }] };
          throw error;
        }
      },
    },
  };
}

/** The members of an object, each of which is named in `known`. */
export function members(
  value: unknown,
  known: readonly string[],
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputFault(`the input must be an object with ${known.join(", ")}`);
  }
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new InputFault(`${JSON.stringify(unknown)} is not one of ${known.join(", ")}`);
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A number between two bounds, or the default where there is none. */
export function numberOf(
  value: unknown,
  name: string,
  bounds: { readonly from: number; readonly to: number; readonly otherwise: number },
): number {
  if (value === undefined) return bounds.otherwise;
  if (typeof value !== "number" || !(value >= bounds.from && value <= bounds.to)) {
    throw new InputFault(`${name} must be a number from ${bounds.from} to ${bounds.to}`);
  }
  return value;
}
