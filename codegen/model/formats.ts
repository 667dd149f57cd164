/**
 * The formats that schemas may name, each as the regular expression that stands for it everywhere:
 * in the check of examples and in generated validators.
 */
export const formats = {
  /** RFC 3339: date and time with offset; leap seconds allowed, calendar not checked. */
  "date-time":
    "^\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])[Tt](?:[01]\\d|2[0-3]):[0-5]\\d:(?:[0-5]\\d|60)(?:\\.\\d+)?(?:[Zz]|[+-](?:[01]\\d|2[0-3]):[0-5]\\d)$",
} as const satisfies Record<string, string>;
