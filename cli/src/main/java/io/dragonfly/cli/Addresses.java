// SPDX-License-Identifier: Apache-2.0
package io.dragonfly.cli;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// Addresses that users give to listen on.
public final class Addresses {
    private Addresses() {}

    /// The address.
    ///
    /// @param option that it comes from
    /// @throws CommandFailure where it is none
    public static InetAddress resolve(String option, String address) {
        try {
            return InetAddress.getByName(address);
        } catch (UnknownHostException e) {
            throw new CommandFailure(ExitCode.USAGE, option + ": no such address: " + address, e);
        }
    }
}
