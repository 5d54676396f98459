/**
 * What is known of a cluster that is being damaged on purpose: which bytes were written, and which
 * ones came to players. Called by {@code millrace chaos} and by end-to-end tests.
 */
@NullMarked
package dev.millrace.server.chaos;

import org.jspecify.annotations.NullMarked;
