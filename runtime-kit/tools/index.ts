/** Tools for agents, within the job's lease: files, and requests to other hosts. Node only. §9.3 */
export type { ToolContext } from "./context.js";
export { files } from "./files.js";
export type { Entry, FileKind, Files, FilesOptions, FileStat, WalkOptions } from "./files.js";
export { web } from "./web.js";
export type { Web, WebOptions, WebRequest, WebResponse } from "./web.js";
