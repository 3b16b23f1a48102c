import CCurl

/// What libcurl keeps for one virtual user: an easy handle, and a share that holds the user's own connection.
///
/// A multi handle's own connection cache would hand any idle connection to anybody and look through all of them for it; a share
/// with one connection in it keeps a user on his connection and finds it at once.
struct CurlConnection {
    var easy: OpaquePointer?
    var share: OpaquePointer?
    /// Absolute, NUL-terminated.
    var url = RawBytes()
    /// Lines `Name: value`, each NUL-terminated.
    var headers = RawBytes()
    /// Nodes of the header list, pointing into ``headers``.
    var headerNodes: UnsafeMutablePointer<curl_slist>?
    var headerCapacity = 0
    var exchange = Exchange()
    var number = 0
    /// Whether the easy handle is in the multi handle.
    var isRunning = false
    /// How often libcurl was about to send this request: a second time is its silent retry on a fresh connection.
    var attempts = 0
    /// Whether the blank line after the reply's head has come: libcurl takes a head that was cut off for a whole one.
    var hasWholeHead = false
    /// Why a callback of ours ended the request.
    var ownError: TransportError?
    var transport: Unmanaged<CurlTransport>?
}
