/**
 * The kind of an event that stands in the place of one that its subscriber may no longer see: the number is taken, so that
 * the session has no gap, and nothing of the job follows. Its body is `{ code }`: what a new subscribe would be refused
 * with. §5.4, §7.6
 */
export const WITHHELD_KIND = "x-vendor.arcp.withheld";

/**
 * The kind of an event that stands in the place of one that does not read back from the store as it was written: that one
 * number is taken, so that the session goes on for its other jobs, and nothing wrong is served. Its body is empty. §5.4
 */
export const UNREADABLE_KIND = "x-vendor.arcp.unreadable";
