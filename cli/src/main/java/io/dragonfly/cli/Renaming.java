// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import java.util.Map;

/// A command some of whose options once had other names. A former name is accepted wherever the
/// present one is, with a warning, and is shown in no help; it stays for one release.
public interface Renaming {
    /// Former long names with the present ones, both without dashes in front.
    Map<String, String> formerNames();
}
