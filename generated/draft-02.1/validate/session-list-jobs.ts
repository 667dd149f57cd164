// @ts-nocheck
// Generated from spec/draft-arcp-02.1.md by `npm run generate`. Edit the spec, never this file.

import type { SessionListJobsPayload } from "../messages.js";
import { MOST, dateTime, isObject, report } from "./support.js";
import type { Failure } from "./support.js";

const pattern0 = /^[a-z0-9][a-z0-9._-]*(@[a-zA-Z0-9.+_-]+)?$/u;

/**
 * Whether a value is the payload of `session.list_jobs`. Pass a list to be told what is wrong
 * with it.
 *
 * @see spec/draft-arcp-02.1.md#list-jobs §6.6
 */
export function validateSessionListJobs(data: unknown, found?: Failure[]): data is SessionListJobsPayload {
  let errors = 0;
  if (isObject(data)) {
    if (data.filter !== undefined) {
      let data0 = data.filter;
      if (isObject(data0)) {
        if (data0.status !== undefined) {
          let data1 = data0.status;
          if (Array.isArray(data1)) {
            const len0 = data1.length;
            for (let i0=0; i0<len0; i0++) {
              let data2 = data1[i0];
              if (typeof data2 !== "string") {
                if ((errors += report(found, ["filter", "status", i0], "type", "string")) >= MOST) return false;
              }
              if (!((((((data2 === "pending") || (data2 === "running")) || (data2 === "success")) || (data2 === "error")) || (data2 === "cancelled")) || (data2 === "timed_out"))) {
                if ((errors += report(found, ["filter", "status", i0], "enum", ["pending","running","success","error","cancelled","timed_out"])) >= MOST) return false;
              }
            }
          } else {
            if ((errors += report(found, "/filter/status", "type", "array")) >= MOST) return false;
          }
        }
        if (data0.agent !== undefined) {
          let data3 = data0.agent;
          if (typeof data3 === "string") {
            if (!pattern0.test(data3)) {
              if ((errors += report(found, "/filter/agent", "pattern", pattern0.source)) >= MOST) return false;
            }
          } else {
            if ((errors += report(found, "/filter/agent", "type", "string")) >= MOST) return false;
          }
        }
        if (data0.created_after !== undefined) {
          let data4 = data0.created_after;
          if (typeof data4 === "string") {
            if (!(dateTime.test(data4))) {
              if ((errors += report(found, "/filter/created_after", "format", "date-time")) >= MOST) return false;
            }
          } else {
            if ((errors += report(found, "/filter/created_after", "type", "string")) >= MOST) return false;
          }
        }
      } else {
        if ((errors += report(found, "/filter", "type", "object")) >= MOST) return false;
      }
    }
    if (data.limit !== undefined) {
      let data5 = data.limit;
      if (!(Number.isInteger(data5))) {
        if ((errors += report(found, "/limit", "type", "integer")) >= MOST) return false;
      }
      if (Number.isFinite(data5)) {
        if (data5 < 1) {
          if ((errors += report(found, "/limit", "minimum", 1)) >= MOST) return false;
        }
      }
    }
    if (data.cursor !== undefined) {
      let data6 = data.cursor;
      if ((typeof data6 !== "string") && (data6 !== null)) {
        if ((errors += report(found, "/cursor", "type", ["string","null"])) >= MOST) return false;
      }
    }
  } else {
    errors += report(found, "", "type", "object");
  }
  return errors === 0;
}
