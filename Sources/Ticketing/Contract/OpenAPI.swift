/// The contract as an OpenAPI 3.1 document, which every service serves.
package enum OpenAPI {
    /// The document's path on every service.
    package static let path = "/openapi.yaml"
    /// The document: YAML, UTF-8.
    package static let document = PackageResources.openapi_yaml
}
