package dev.millrace.media.hls;

import java.util.regex.Pattern;

/**
 * EXT-X-CONTENT-STEERING (RFC 8216bis §4.4.6.6): where players ask which of several servers to load
 * from. With it, variants carry PATHWAY-ID and, as renditions do, the stable id by which a steering
 * manifest (§7.2) names them.
 *
 * @param serverUri of the steering manifest, relative to the multivariant playlist or not
 * @param pathwayId of the server that all variants of this playlist are on
 */
public record ContentSteering(String serverUri, String pathwayId) {
  // RFC 8216bis §4.4.6.2, PATHWAY-ID.
  private static final Pattern PATHWAY_ID = Pattern.compile("[A-Za-z0-9._-]+");

  public ContentSteering {
    if (!PATHWAY_ID.matcher(pathwayId).matches()) {
      throw new IllegalArgumentException(
          "pathway id " + pathwayId + ", must be of A-Z a-z 0-9 . - _ (§4.4.6.2)");
    }
    if (serverUri.indexOf('"') >= 0) {
      throw new IllegalArgumentException("a quotation mark in " + serverUri);
    }
  }

  void appendTo(StringBuilder out) {
    out.append("#EXT-X-CONTENT-STEERING:SERVER-URI=\"").append(serverUri);
    out.append("\",PATHWAY-ID=\"").append(pathwayId).append("\"\n");
  }

  /** The attributes of a variant whose playlist is of this rendition. */
  void appendVariant(StringBuilder out, String rendition) {
    out.append(",STABLE-VARIANT-ID=\"").append(stableId(rendition));
    out.append("\",PATHWAY-ID=\"").append(pathwayId).append('"');
  }

  /** The attributes of an I-frame variant, which is another playlist and so has another id. */
  void appendIFrames(StringBuilder out, String rendition) {
    out.append(",STABLE-VARIANT-ID=\"").append(stableId(rendition));
    out.append(".iframes\",PATHWAY-ID=\"").append(pathwayId).append('"');
  }

  /**
   * The id of a rendition as a variant and as a member of a group: its name, but for the character
   * that ids may not have (§4.4.6.1).
   */
  public static String stableId(String rendition) {
    return rendition.replace('~', '=');
  }
}
