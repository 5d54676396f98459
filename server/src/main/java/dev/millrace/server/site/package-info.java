/**
 * Sites: what edges and the relays of a site say to each other beside logs and bytes
 * (docs/develop/internal-http.md), and what each side knows of the other.
 */
@NullMarked
package dev.millrace.server.site;

import org.jspecify.annotations.NullMarked;
