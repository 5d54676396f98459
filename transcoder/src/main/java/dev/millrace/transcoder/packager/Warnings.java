package dev.millrace.transcoder.packager;

/**
 * What the operator should know about the source. A code that is set again replaces its text;
 * clearing one that is not set does nothing.
 */
interface Warnings {
  void set(String code, String text);

  void clear(String code);
}
