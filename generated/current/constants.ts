// Generated from spec/draft-arcp-1.1.md by `npm run generate`. Edit the spec, never this file.

export * from "../draft-1.1/constants.js";
