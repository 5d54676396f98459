/**
 * Who is there and who has what: nodes find each other through JGroups, tell each other what they
 * are and hold, and everyone answers from memory. Never carries media.
 */
@NullMarked
package dev.millrace.cluster;

import org.jspecify.annotations.NullMarked;
