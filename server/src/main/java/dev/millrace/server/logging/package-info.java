/**
 * The log of the process: Logback set up in code, one line or one JSON object an event, on standard
 * error.
 */
@NullMarked
package dev.millrace.server.logging;

import org.jspecify.annotations.NullMarked;
