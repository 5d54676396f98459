@NullMarked
package dev.millrace.relay.swarm;

import org.jspecify.annotations.NullMarked;
