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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** Pictures that the test puts there. */
final class MemoryPictures implements PictureSource {
  private final Map<StreamPath, Picture> posters = new HashMap<>();
  private final Map<StreamPath, List<Thumbnail>> thumbnails = new HashMap<>();
  private final Map<StreamPath, Picture> elsewhere = new HashMap<>();

  /** Those that were asked of other nodes. */
  final List<StreamPath> fetched = new CopyOnWriteArrayList<>();

  synchronized void poster(StreamPath path, Picture poster) {
    posters.put(path, poster);
  }

  synchronized void thumbnail(StreamPath path, Thumbnail thumbnail) {
    thumbnails.computeIfAbsent(path, none -> new ArrayList<>()).add(thumbnail);
  }

  /** A poster that another node has. */
  synchronized void elsewhere(StreamPath path, Picture poster) {
    elsewhere.put(path, poster);
  }

  @Override
  public synchronized CompletionStage<Optional<Picture>> fetchPoster(StreamPath path) {
    fetched.add(path);
    Optional<Picture> found = Optional.ofNullable(elsewhere.get(path));
    return CompletableFuture.supplyAsync(() -> found);
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
