/** Tests of the directory and of the membership. */
@NullMarked
package dev.millrace.cluster;

import org.jspecify.annotations.NullMarked;
