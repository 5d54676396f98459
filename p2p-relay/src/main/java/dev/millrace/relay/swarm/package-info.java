/**
 * What browsers of a controlled network need to share segments with each other over WebRTC: a
 * tracker that introduces them, STUN that tells them their address, and the tokens that let them
 * in.
 */
@NullMarked
package dev.millrace.relay.swarm;

import org.jspecify.annotations.NullMarked;
