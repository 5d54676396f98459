/**
 * Who may publish what: the data folder with its generated stream key, and the mapping from secret
 * keys to public paths. Read at start; asked on any thread.
 */
@NullMarked
package dev.millrace.server.identity;

import org.jspecify.annotations.NullMarked;
