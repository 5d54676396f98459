/**
 * The program: command line, wiring of a node by role, start and stop. Only this package knows
 * every other module.
 */
@NullMarked
package dev.millrace.server;

import org.jspecify.annotations.NullMarked;
