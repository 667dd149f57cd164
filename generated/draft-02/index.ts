// Generated from spec/draft-arcp-02.md by `npm run generate`. Edit the spec, never this file.

export * from "./constants.js";
export * from "./dispatch.js";
export * from "./errors.js";
export * from "./features.js";
export * from "./ids.js";
export * from "./lifecycle.js";
export * from "./messages.js";
export * from "./namespaces.js";
export * from "./requirements.js";
export * from "./validate/index.js";
