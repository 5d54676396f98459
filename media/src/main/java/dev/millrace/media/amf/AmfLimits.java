package dev.millrace.media.amf;

/**
 * What one message may cost.
 *
 * @param depth how deep values may nest
 * @param values how many values a message may hold in all
 */
public record AmfLimits(int depth, int values) {
  /** Real metadata nests 3 deep; key frame indexes have some thousand numbers. */
  public static final AmfLimits DEFAULT = new AmfLimits(32, 65_536);
}
