import Hummingbird
import AsyncHTTPClient
import JWTKit
import Yams
import Histogram
import ArgumentParser
