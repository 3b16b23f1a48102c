/// HTTP methods that a step can use.
package enum RequestMethod: String, Sendable, CaseIterable {
    case get = "GET"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case head = "HEAD"
}

/// A header of a request.
package struct HeaderTemplate: Sendable, Equatable {
    package let name: String
    /// Rendered values may hold anything; the engine drops CR, LF and NUL.
    package let value: Template
}

/// The body of a request.
///
/// ``contentType`` is sent unless the step's own headers name one.
package enum RequestBody: Sendable, Equatable {
    /// JSON with typed values: `"${x}"` alone keeps a number, boolean or list as such.
    case json(Template)
    case text(Template)
    /// `application/x-www-form-urlencoded`, rendered and encoded whole.
    case form(Template)

    package var template: Template {
        switch self {
        case .json(let template), .text(let template), .form(let template): template
        }
    }

    package var contentType: String {
        switch self {
        case .json: "application/json"
        case .text: "text/plain; charset=utf-8"
        case .form: "application/x-www-form-urlencoded"
        }
    }
}

/// A named request of a flow.
package struct RequestStep: Sendable, Equatable {
    /// The tag in every metric and report; unique in the scenario.
    package let name: String
    /// Index into `Scenario.requestNames`.
    package let index: Int
    package let method: RequestMethod
    /// A path (`/…`) to be put after the gateway's address, or an absolute `http://` or `https://` URL; the step's
    /// `query` is in it.
    package let url: Template
    package let headers: [HeaderTemplate]
    package let body: RequestBody?
    /// From the first byte to the last; 60 s (k6's) when left out.
    package let timeout: Duration
    package let expect: Expectation
    package let captures: [Capture]
    /// nil → it is sent once.
    package let retry: RetryRule?
    /// They come before those of the load and the scenario.
    package let tags: [TagTemplate]
    /// The groups that it is in, as k6 joins them: `::outer::inner`; empty outside.
    package let group: String
    package let position: SourcePosition

    /// Whether the step gives this header itself.
    package func hasHeader(_ name: String) -> Bool {
        headers.contains { $0.name.lowercased() == name.lowercased() }
    }
}
