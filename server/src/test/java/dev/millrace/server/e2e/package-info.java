/**
 * End-to-end tests: real nodes in processes of their own, real publishers, independent readers. Run
 * by Failsafe after the distribution is packed.
 */
@NullMarked
package dev.millrace.server.e2e;

import org.jspecify.annotations.NullMarked;
