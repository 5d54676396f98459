/** Fixtures for tests of every module: shared media files, fragmenting feeders. Test scope only. */
@NullMarked
package dev.millrace.testkit;

import org.jspecify.annotations.NullMarked;
