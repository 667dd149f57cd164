/** Close code of a connection whose peer fell silent (W-27). */
export const CLOSE_HEARTBEAT_LOST = 4008;
/** Close code of a connection whose session was resumed elsewhere (W-09). */
export const CLOSE_SUPERSEDED = 4009;
