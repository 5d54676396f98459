package dev.millrace.transcoder.picture;

/** The video is legal, but no picture is made of it; the message says which feature it is. */
final class UnsupportedPictureException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnsupportedPictureException(String feature) {
    super(feature, null, false, false);
  }
}
