/**
 * IPTV: a stream's part log as a constant-rate transport stream to a multicast group or one
 * address, over RTP (RFC 3550, RFC 2250) or plain UDP, with forward error correction by SMPTE
 * 2022-1 and a second path by SMPTE 2022-7; and the receiving side of the same. {@link
 * dev.millrace.relay.iptv.IptvOut} is what a node has of it. Reads streams through {@link
 * dev.millrace.media.log.PartSource} only, so that it runs wherever an edge does. Time and
 * transport are passed in.
 */
@NullMarked
package dev.millrace.relay.iptv;

import org.jspecify.annotations.NullMarked;
