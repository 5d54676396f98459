package dev.millrace.transcoder.worker;

/** Which H.264 encoder a worker is to use; what cannot be opened falls back in order. */
public enum EncoderPreference {
  /** The first that opens: NVENC, QSV, VAAPI where the machine has them, then libx264. */
  AUTO,
  /** Software; the best picture for the bits. */
  LIBX264,
  /** Software; simpler and faster, under the BSD licence. */
  LIBOPENH264,
  /** NVIDIA. */
  NVENC,
  /** Intel and AMD on Linux. */
  VAAPI,
  /** Intel Quick Sync. */
  QSV
}
