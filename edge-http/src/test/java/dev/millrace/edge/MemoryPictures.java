package dev.millrace.edge;

import dev.millrace.media.StreamPath;
import dev.millrace.media.log.Picture;
import dev.millrace.media.log.PictureSource;
import dev.millrace.media.log.Thumbnail;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Pictures that the test puts there. */
final class MemoryPictures implements PictureSource {
  private final Map<StreamPath, Picture> posters = new HashMap<>();
  private final Map<StreamPath, List<Thumbnail>> thumbnails = new HashMap<>();

  synchronized void poster(StreamPath path, Picture poster) {
    posters.put(path, poster);
  }

  synchronized void thumbnail(StreamPath path, Thumbnail thumbnail) {
    thumbnails.computeIfAbsent(path, none -> new ArrayList<>()).add(thumbnail);
  }

  @Override
  public synchronized Optional<Picture> poster(StreamPath path) {
    return Optional.ofNullable(posters.get(path));
  }

  @Override
  public synchronized List<Thumbnail> thumbnails(StreamPath path) {
    return List.copyOf(thumbnails.getOrDefault(path, List.of()));
  }
}
