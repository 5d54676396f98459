package dev.millrace.media.flv;

import dev.millrace.media.Bytes;

/**
 * One tag of an FLV file (§E.4.1), or one RTMP message of the same type. Immutable.
 *
 * @param type {@link #AUDIO}, {@link #VIDEO}, {@link #SCRIPT}, or another that readers pass over
 * @param timestamp 32 bits of milliseconds, to be taken modulo 2^32
 */
public record FlvTag(int type, int timestamp, Bytes body) {
  /** {@link AudioTagBody}. */
  public static final int AUDIO = 8;

  /** {@link VideoTagBody}. */
  public static final int VIDEO = 9;

  /** AMF0 values: a name and its arguments, such as onMetaData. */
  public static final int SCRIPT = 18;
}
