@NullMarked
package dev.millrace.transcoder.picture;

import org.jspecify.annotations.NullMarked;
